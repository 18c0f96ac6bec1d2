namespace Akka.Actor;

/// <summary>Which reference provider a system runs on: in this process only, remote, or cluster.</summary>
public abstract class ProviderSelection
{
    private ProviderSelection(string identifier) => Identifier = identifier;

    internal string Identifier { get; }

    public sealed class Local : ProviderSelection
    {
        public static readonly Local Instance = new();

        private Local()
            : base("local")
        {
        }
    }

    public sealed class Remote : ProviderSelection
    {
        public static readonly Remote Instance = new();

        private Remote()
            : base("remote")
        {
        }
    }

    public sealed class Cluster : ProviderSelection
    {
        public static readonly Cluster Instance = new();

        private Cluster()
            : base("cluster")
        {
        }
    }
}
