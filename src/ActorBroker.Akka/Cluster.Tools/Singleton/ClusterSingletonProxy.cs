using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// Passes messages on to the singleton, wherever it is, in the order in which they came. While it is not known where that is they
/// wait in a bounded buffer. The proxy follows the oldest member of the role and asks there until the singleton answers.
/// </summary>
public sealed class ClusterSingletonProxy : ReceiveActor, IWithTimers
{
    private readonly ClusterSingletonProxySettings _settings;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<(object Message, IActorRef Sender)> _buffer = new();
    private readonly string[] _singletonPath;
    private readonly OldestQueue _members = new();
    private int _search;
    private IActorRef? _singleton;

    public ClusterSingletonProxy(string singletonManagerPath, ClusterSingletonProxySettings settings)
    {
        SingletonReference.Install((ExtendedActorSystem)Context.System);
        _settings = settings;
        _singletonPath = $"{singletonManagerPath}/{settings.SingletonName}".Split('/', StringSplitOptions.RemoveEmptyEntries);
        HandleMembership();
        Receive<ActorIdentity>(Identified, identity => Equals(identity.MessageId, SearchId));
        Receive<ActorIdentity>(_ => { });
        Receive<TryToIdentifySingleton>(_ => Search());
        Receive<Terminated>(terminated =>
        {
            if (!terminated.ActorRef.Equals(_singleton))
                return;
            _singleton = null;
            StartSearch();
        });
        ReceiveAny(PassOn);
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    /// <summary>Answers to an earlier search do not count.</summary>
    private string SearchId => $"identify-singleton-{_search}";

    public static Config DefaultConfig() => ClusterSingletonManager.DefaultConfig();

    /// <param name="singletonManagerPath">Path of the managers, the same on every node, without an address: <c>/user/manager</c>.</param>
    /// <param name="settings">Name, role, interval and buffer.</param>
    public static Props Props(string singletonManagerPath, ClusterSingletonProxySettings settings) =>
        Actor.Props.Create(() => new ClusterSingletonProxy(singletonManagerPath, settings))
            .WithDispatcher(Dispatchers.InternalDispatcherId);

    protected override void PreStart() =>
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(IMemberEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void HandleMembership()
    {
        Receive<CurrentClusterState>(state => Track(() => _members.Reset(
            state.Members.Where(m => m.Status == MemberStatus.Up && IsCandidate(m)).Select(Candidate), _cluster.SelfUniqueAddress)));
        Receive<MemberUp>(e => Track(() => _members.Add(Candidate(e.Member))), e => IsCandidate(e.Member));
        Receive<MemberExited>(e => Track(() => _members.Remove(e.Member.UniqueAddress)));
        Receive<MemberRemoved>(e =>
        {
            if (e.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
                Context.Stop(Self);
            else
                Track(() => _members.Remove(e.Member.UniqueAddress));
        });
        Receive<IMemberEvent>(_ => { });
    }

    private static SingletonCandidate Candidate(Member member) => new(member.UniqueAddress, member.UpNumber, member.Status);

    private bool IsCandidate(Member member) => _settings.Role is not { } role || member.HasRole(role);

    private void Track(Action change)
    {
        var before = _members.Oldest;
        change();
        while (_members.TryTake(out _))
        {
            // Only the last change counts here.
        }
        if (!Equals(before, _members.Oldest))
            StartSearch();
    }

    private void StartSearch()
    {
        if (_singleton is not null)
            Context.Unwatch(_singleton);
        _singleton = null;
        _search++;
        Timers.StartPeriodicTimer(
            TryToIdentifySingleton.Instance, TryToIdentifySingleton.Instance, _settings.SingletonIdentificationInterval);
        Search();
    }

    private void Search()
    {
        if (_members.Oldest is not { } oldest || _singleton is not null)
            return;
        var path = new RootActorPath(oldest.Address) / _singletonPath;
        _log.Debug("Trying to identify the singleton at [{0}]", path);
        Context.ActorSelection(path).Tell(new Identify(SearchId), Self);
    }

    private void Identified(ActorIdentity identity)
    {
        if (identity.Subject is not { } singleton || _singleton is not null)
            return;
        _log.Info("Singleton identified at [{0}]", singleton.Path);
        _singleton = singleton;
        Timers.Cancel(TryToIdentifySingleton.Instance);
        Context.Watch(singleton);
        while (_buffer.TryDequeue(out var waiting))
            singleton.Tell(waiting.Message, waiting.Sender);
    }

    private void PassOn(object message)
    {
        if (_singleton is not null)
        {
            _singleton.Tell(message, Sender);
            return;
        }
        if (_settings.BufferSize == 0)
        {
            _log.Debug("The singleton is unknown and there is no buffer: dropping [{0}]", message.GetType());
            return;
        }
        if (_buffer.Count == _settings.BufferSize)
        {
            var (dropped, _) = _buffer.Dequeue();
            _log.Debug("The singleton is unknown and the buffer is full: dropping the oldest message [{0}]", dropped.GetType());
        }
        _buffer.Enqueue((message, Sender));
    }

    internal sealed class TryToIdentifySingleton : INoSerializationVerificationNeeded
    {
        public static readonly TryToIdentifySingleton Instance = new();
    }
}
