using System.Collections.Concurrent;
using Akka.Dispatch;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Actor;

/// <summary>
/// The tree of one process: <c>/</c> with the guardians <c>/user</c> and <c>/system</c>, and <c>/temp</c> with references that
/// live for one exchange.
/// </summary>
internal sealed class LocalActorRefProvider : IActorRefProvider
{
    private readonly ActorSystemImpl _system;
    private readonly ConcurrentDictionary<string, IInternalActorRef> _temp = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorPath _tempRoot;
    private readonly Dictionary<string, (string? Dispatcher, string? Mailbox)> _deployments = [];
    private long _tempNumber;

    public LocalActorRefProvider(ActorSystemImpl system)
    {
        _system = system;
        DefaultAddress = new Address("akka", system.Name);
        RootPath = new RootActorPath(DefaultAddress);
        _tempRoot = RootPath / "temp";
        DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", system.EventStream);
        foreach (var (path, value) in system.Settings.Config.GetConfig("akka.actor.deployment")?.AsEnumerable() ?? [])
        {
            if (value.GetObject() is { } section)
                _deployments[path] = (Text(section, "dispatcher"), Text(section, "mailbox"));
        }

        static string? Text(Configuration.Hocon.HoconObject section, string key) =>
            section.Items.TryGetValue(key, out var value) && value.GetString() is { Length: > 0 } text ? text : null;
    }

    public ActorPath RootPath { get; }

    public Settings Settings => _system.Settings;

    public IActorRef DeadLetters { get; }

    public Address DefaultAddress { get; }

    public Information SerializationInformation => new(DefaultAddress, _system);

    public Task TerminationTask => _terminated.Task;

    public LocalActorRef RootGuardian { get; private set; } = null!;

    public LocalActorRef Guardian { get; private set; } = null!;

    public LocalActorRef SystemGuardian { get; private set; } = null!;

    public void Init()
    {
        var top = new RootSupervisorRef(this, RootPath / "_Root-guardian-supervisor", _terminated);
        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
        // A guardian that fails by escalation ends, and the system with it.
        var guardian = Props.Create(typeof(GuardianActor));
        RootGuardian = NewGuardian(guardian.WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy), top, RootPath);
        RootGuardian.Start();
        Guardian = NewGuardian(guardian.WithSupervisorStrategy(strategy), RootGuardian, RootPath / "user");
        SystemGuardian = NewGuardian(Props.Create(typeof(SystemGuardianActor), Guardian), RootGuardian, RootPath / "system");
        foreach (var child in new[] { SystemGuardian, Guardian })
        {
            RootGuardian.Cell.Children.Reserve(child.Path.Name);
            RootGuardian.Cell.Children.Init(child.Path.Name, child);
            child.Start();
        }
    }

    public LocalActorRef NewActor(Props props, IInternalActorRef parent, ActorPath path)
    {
        var dispatcherId = props.DispatcherId;
        var mailboxId = props.MailboxId;
        if (_deployments.Count > 0 && path.Depth > 1 && path.ParentOf(1).Name == "user")
        {
            if (_deployments.TryGetValue(ActorPath.FormatPathElements(path.Elements.Skip(1)), out var deployment))
            {
                dispatcherId = deployment.Dispatcher ?? dispatcherId;
                mailboxId = deployment.Mailbox ?? mailboxId;
            }
        }
        dispatcherId ??= Dispatchers.DefaultDispatcherId;
        if (!_system.Dispatchers.HasDispatcher(dispatcherId))
            throw new Configuration.ConfigurationException($"Dispatcher [{dispatcherId}] not configured for path {path}");
        var dispatcher = _system.Dispatchers.Lookup(dispatcherId);
        return new LocalActorRef(_system, props, dispatcher, _system.Mailboxes.For(props, dispatcherId, mailboxId), parent, path);
    }

    public IActorRef RootGuardianAt(Address address) =>
        address.Equals(DefaultAddress) ? RootGuardian : DeadLetters;

    public IActorRef ResolveActorRef(string path) =>
        ActorPath.TryParse(path, out var actorPath) ? ResolveActorRef(actorPath!) : DeadLetters;

    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        return actorPath.Address.Equals(DefaultAddress) ? ResolveHere(actorPath) : DeadLetters;
    }

    /// <summary>Whoever is at the path in this process, under whatever address it is known.</summary>
    public IActorRef ResolveHere(ActorPath path)
    {
        var found = Find(path);
        if (found is null || found.IsNobody())
            return new EmptyLocalActorRef(_system.Provider, (RootPath / path.Elements).WithUid(path.Uid), _system.EventStream);
        return found;
    }

    public ActorPath TempPath() => _tempRoot / ChildNames.Generated(Interlocked.Increment(ref _tempNumber));

    public void RegisterTemp(IInternalActorRef actor, ActorPath path) => _temp[path.Name] = actor;

    public void UnregisterTemp(ActorPath path) => _temp.TryRemove(path.Name, out _);

    public Address? GetExternalAddressFor(Address address) => address.Equals(DefaultAddress) ? address : null;

    private IActorRef? Find(ActorPath path)
    {
        var names = path.Elements;
        if (names.Count == 2 && names[0] == "temp")
            return _temp.GetValueOrDefault(names[1]);
        if (names.Count == 1 && names[0] == "deadLetters")
            return DeadLetters;
        var found = RootGuardian.GetChild(names);
        return path.Uid != ActorCell.UndefinedUid && !found.IsNobody() && found.Path.Uid != path.Uid ? null : found;
    }

    private LocalActorRef NewGuardian(Props props, IInternalActorRef parent, ActorPath path)
    {
        var dispatcher = _system.Dispatchers.Lookup(Dispatchers.InternalDispatcherId);
        var guardian = new LocalActorRef(_system, props, dispatcher, _system.Mailboxes.Lookup(Mailboxes.DefaultMailboxId), parent, path);
        // Made now: other threads add children to guardians.
        _ = guardian.Cell.Children;
        return guardian;
    }
}
