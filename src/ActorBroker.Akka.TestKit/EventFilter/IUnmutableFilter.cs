namespace Akka.TestKit;

/// <summary>A mute that lasts until it is taken back.</summary>
public interface IUnmutableFilter : IDisposable
{
    void Unmute();
}
