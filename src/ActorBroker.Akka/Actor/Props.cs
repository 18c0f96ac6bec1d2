using System.Linq.Expressions;
using Akka.Dispatch;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Recipe for an actor. Immutable; the arguments are shared by every incarnation.</summary>
public class Props : IEquatable<Props>, ISurrogated
{
    internal const int NoStashCapacity = -1;

    private static readonly object[] NoArgs = [];

    private readonly ActorProducer _producer;

    private Props(ActorProducer producer) => _producer = producer;

    public static readonly Props None = Create<EmptyActor>();

    public Type Type => _producer.ActorType;

    public string TypeName => Type.AssemblyQualifiedName!;

    public object[] Arguments => _producer.Arguments;

    public string Dispatcher => DispatcherId ?? Dispatchers.DefaultDispatcherId;

    public string Mailbox => MailboxId ?? "";

    public SupervisorStrategy? SupervisorStrategy { get; protected set; }

    internal string? DispatcherId { get; private set; }

    internal string? MailboxId { get; private set; }

    internal int StashCapacity { get; private set; } = NoStashCapacity;

    /// <summary>The expression must be <c>new TActor(…)</c>; its arguments are evaluated here, once.</summary>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        var producer = factory.Body switch
        {
            NewExpression creation => ActorProducer.FromNew(typeof(TActor), creation),
            UnaryExpression => ActorProducer.FromFactory(typeof(TActor), factory.Compile()),
            _ => throw new ArgumentException("The create function must be a 'new T (args)' expression"),
        };
        return new Props(producer) { SupervisorStrategy = supervisorStrategy };
    }

    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => Create(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(ActorProducer.FromType(typeof(TActor), NoArgs)) { SupervisorStrategy = supervisorStrategy };

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(ActorBase).IsAssignableFrom(type))
            throw new ArgumentException($"Unknown actor producer [{type.FullName}]", nameof(type));
        return new Props(ActorProducer.FromType(type, args ?? NoArgs));
    }

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) =>
        new(ActorProducer.FromProducer(producer, args ?? NoArgs));

    public Props WithDispatcher(string dispatcher)
    {
        var copy = Copy();
        copy.DispatcherId = string.IsNullOrEmpty(dispatcher) ? null : dispatcher;
        return copy;
    }

    public Props WithMailbox(string mailbox)
    {
        var copy = Copy();
        copy.MailboxId = string.IsNullOrEmpty(mailbox) ? null : mailbox;
        return copy;
    }

    public Props WithStashCapacity(int stashCapacity)
    {
        var copy = Copy();
        copy.StashCapacity = stashCapacity;
        return copy;
    }

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy)
    {
        var copy = Copy();
        copy.SupervisorStrategy = supervisorStrategy;
        return copy;
    }

    public virtual ActorBase NewActor()
    {
        try
        {
            return _producer.Produce();
        }
        catch (Exception e)
        {
            throw new TypeLoadException(
                $"Error while creating actor instance of type {Type} with {Arguments.Length} args: ({string.Join(',', Arguments)})", e);
        }
    }

    public ISurrogate ToSurrogate(ActorSystem system) => new TextSurrogate(_ => this);

    public bool Equals(Props? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Type == other.Type && DispatcherId == other.DispatcherId && MailboxId == other.MailboxId
            && Arguments.Length == other.Arguments.Length);

    public override bool Equals(object? obj) => obj is not null && obj.GetType() == GetType() && Equals((Props)obj);

    public override int GetHashCode() => HashCode.Combine(Type, DispatcherId, MailboxId);

    internal void Release(ActorBase actor) => _producer.Release(actor);

    protected virtual Props Copy() => new(_producer)
    {
        SupervisorStrategy = SupervisorStrategy,
        DispatcherId = DispatcherId,
        MailboxId = MailboxId,
        StashCapacity = StashCapacity,
    };

    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
