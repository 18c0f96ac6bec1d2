namespace Akka.Actor;

/// <summary>Told when the constructor is through.</summary>
internal interface IInitializableActor
{
    void Init();
}
