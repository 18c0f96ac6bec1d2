namespace Akka.Cluster.Sharding;

/// <summary>Questions to code that is not the engine's.</summary>
internal static class Guarded
{
    /// <summary>An exception of the call is one of its task.</summary>
    public static Task<T> Ask<T>(Func<Task<T>> question)
    {
        try
        {
            return question();
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
