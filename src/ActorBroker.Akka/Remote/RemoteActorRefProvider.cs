using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>
/// The local tree, reachable from other nodes under this system's address, and references to the actors of others. A
/// reference of this node's own address is the local actor. Paths stay without address inside; they get it when they leave.
/// </summary>
internal class RemoteActorRefProvider : IActorRefProvider
{
    private readonly LocalActorRefProvider _local;
    private Information? _information;

    public RemoteActorRefProvider(ActorSystemImpl system, LocalActorRefProvider local)
    {
        System = system;
        _local = local;
        system.Settings.InjectTopLevelFallback(ConfigurationFactory.FromResource<RemoteActorRefProvider>("Akka.Remote.remote.conf"));
        RemoteSettings = new RemoteSettings(system.Settings.Config);
        Transport = new RemoteTransport(this, RemoteSettings);
    }

    public ActorSystemImpl System { get; }

    public RemoteSettings RemoteSettings { get; }

    public RemoteTransport Transport { get; }

    /// <summary>This incarnation of the system, as other nodes know it.</summary>
    public int Uid => Transport.Uid;

    public IActorRef RemoteWatcher { get; private set; } = ActorRefs.Nobody;

    public ActorPath RootPath => _local.RootPath;

    public Settings Settings => System.Settings;

    public IActorRef DeadLetters => _local.DeadLetters;

    public Address DefaultAddress => Transport.DefaultAddress ?? _local.DefaultAddress;

    public Information SerializationInformation =>
        Transport.DefaultAddress is null ? _local.SerializationInformation : _information ??= new Information(DefaultAddress, System);

    public Task TerminationTask => _local.TerminationTask;

    /// <summary>The local tree is there; from now on this node listens.</summary>
    /// <exception cref="RemoteTransportException">The address cannot be listened on.</exception>
    public virtual void Init()
    {
        Transport.Start();
        System.SystemActorOf(RemoteSettings.ConfigureDispatcher(Props.Create(typeof(RemotingTerminator), this)), "remoting-terminator");
        RemoteWatcher = CreateRemoteWatcher();
    }

    public IActorRef RootGuardianAt(Address address) => HasAddress(address)
        ? _local.RootGuardian
        : RemoteReference(new RootActorPath(address));

    public IActorRef ResolveActorRef(string path) => ResolvedRefs.Resolve(this, path);

    public IActorRef ResolveActorRef(ActorPath actorPath) =>
        HasAddress(actorPath.Address) ? _local.ResolveHere(actorPath) : RemoteReference(actorPath);

    public ActorPath TempPath() => _local.TempPath();

    public Address? GetExternalAddressFor(Address address)
    {
        if (HasAddress(address))
            return _local.DefaultAddress;
        return address.HasGlobalScope && address.Port is not null ? Transport.DefaultAddress : null;
    }

    public bool HasAddress(Address address) =>
        ReferenceEquals(address, _local.DefaultAddress) || address.Equals(_local.DefaultAddress) || address.Equals(Transport.DefaultAddress);

    /// <summary>Never again talks to that incarnation; without a uid the connection is only closed for a while.</summary>
    public void Quarantine(Address address, int? uid) => Transport.Quarantine(address, uid);

    /// <summary>The actor at <c>/system/remote-watcher</c>.</summary>
    protected virtual IActorRef CreateRemoteWatcher() =>
        System.SystemActorOf(RemoteSettings.ConfigureDispatcher(Remote.RemoteWatcher.Props(CreateFailureDetectors(), RemoteSettings)), "remote-watcher");

    protected DefaultFailureDetectorRegistry<Address> CreateFailureDetectors()
    {
        var config = RemoteSettings.WatchFailureDetectorConfig;
        var type = config.GetString("implementation-class")!;
        return new DefaultFailureDetectorRegistry<Address>(() => FailureDetectorLoader.Load(type, config, System));
    }

    private IActorRef RemoteReference(ActorPath path)
    {
        if (path.Address is { HasGlobalScope: true, Port: not null } address && address.Protocol == RemoteSettings.Tcp.Protocol)
        {
            if (Transport.AssociationWith(address) is { } association)
                return new RemoteActorRef(this, association, path);
            System.Log.Warning("Too many associations: [{0}] is not one of the {1}", address, RemoteSettings.MaxAssociations);
        }
        return new EmptyLocalActorRef(this, path, System.EventStream);
    }
}
