using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// The controller as the cluster sees it: the singleton that runs on one voter. It runs the controller itself and the feed of committed
/// metadata as its children, puts commands of all nodes into the controller's bounded inbox, fences brokers whose members are gone, and
/// gives the inbox the commands that nobody asks for: leaders back to preferred replicas, replicas for internal topics.
///
/// Being the singleton gives it no right: what it decides counts when the quorum journal has it. Two of these at the same time are harmless;
/// at most one can commit.
/// </summary>
internal sealed class ControllerGateActor : ReceiveActor, IWithTimers
{
    private const int MaxBalanced = 1000;
    private static readonly TimeSpan GrowthInterval = TimeSpan.FromSeconds(5);

    private static readonly KafkaError Overloaded =
        new(ErrorCode.RequestTimedOut, "Too many commands wait for the controller; the command was not carried out.");

    private static readonly KafkaError NoMember = new(ErrorCode.BrokerNotAvailable,
        "The broker is not a member of the cluster as the controller sees it; it may ask again.");

    private static readonly KafkaError Stopped =
        new(ErrorCode.NotController, "The controller has moved to another node; the command was not carried out.");

    private readonly BrokerConfig _config;
    private readonly ControllerInbox _inbox;
    private readonly IActorRef _feed;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private MetadataImage _image = MetadataImage.Empty;
    private IReadOnlySet<MemberAddress>? _live;
    private bool _hasControl;

    public ControllerGateActor(ControllerSettings settings, BrokerConfig config, TimeProvider clock, Props? members)
    {
        _config = config;
        _clock = clock;
        _inbox = new ControllerInbox(config.Int("actorbroker.controller.inbox.max.commands"));
        _feed = Context.ActorOf(MetadataFeedActor.PropsFor(Self), "feed");
        Context.ActorOf(ControllerHostActor.PropsFor(settings, config, _inbox, new FeedSink(Self)), "host");
        if (members is not null) Context.ActorOf(members, "members");

        Receive<ControllerRequest>(Take);
        Receive<MetadataPosition>(position => _feed.Forward(position));
        Receive<FeedBegun>(begun =>
        {
            _hasControl = false;
            _feed.Forward(begun);
        });
        Receive<FeedEnded>(_ => _hasControl = false);
        Receive<FeedCommitted>(Commit);
        Receive<LiveMembersChanged>(changed =>
        {
            _live = changed.Live;
            FenceAbsent();
        });
        Receive<BalanceNow>(_ => Submit(new BalanceLeaders(MaxBalanced)));
        Receive<GrowNow>(_ => Submit(new RaiseInternalTopics()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="members">An actor that tells its parent <see cref="LiveMembersChanged"/>; null where there is no membership.</param>
    public static Props PropsFor(ControllerSettings settings, BrokerConfig config, TimeProvider clock, Props? members) =>
        Props.Create(() => new ControllerGateActor(settings, config, clock, members));

    protected override void PreStart()
    {
        if (_config.Bool("auto.leader.rebalance.enable"))
        {
            var interval = TimeSpan.FromSeconds(Math.Max(1, _config.Long("leader.imbalance.check.interval.seconds")));
            Timers.StartPeriodicTimer("balance", BalanceNow.Instance, interval);
        }
        Timers.StartPeriodicTimer("growth", GrowNow.Instance, GrowthInterval);
        base.PreStart();
    }

    /// <summary>Controller, feed and members are one: what fails of them begins anew together.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PostStop()
    {
        foreach (var command in _inbox.TakeAll(int.MaxValue)) command.Fail(Stopped);
        base.PostStop();
    }

    private void Take(ControllerRequest request)
    {
        var command = new RemoteCommand(request, Sender, Self, _clock);
        if (request.Command is FenceBroker { IsFenced: false } open && _live is not null
            && !FencingReconciler.MayOpen(_image, open.BrokerId, _live)) command.Fail(NoMember);
        else if (!_inbox.TryAdd(command)) command.Fail(Overloaded);
    }

    private void Commit(FeedCommitted committed)
    {
        var isNews = !_hasControl || !ReferenceEquals(_image.Brokers, committed.Image.Brokers);
        _image = committed.Image;
        _hasControl = true;
        _feed.Forward(committed);
        if (isNews) FenceAbsent();
    }

    private void FenceAbsent()
    {
        if (!_hasControl || _live is null) return;
        foreach (var fence in FencingReconciler.Reconcile(_image, _live))
        {
            _log.Warning("Broker {0} is fenced: its node is no member of the cluster any more.", fence.BrokerId);
            Submit(fence);
        }
    }

    /// <summary>A command of the controller's own; what cannot be taken up now is asked for again at the next occasion.</summary>
    private void Submit<TReply>(ControllerCommand<TReply> command) where TReply : ControllerReply
    {
        if (_hasControl && !_inbox.TryAdd(new PendingCommand<TReply>(command)))
            _log.Warning("The controller is too busy for {0}.", command.GetType().Name);
    }

    private sealed class BalanceNow : INoSerializationVerificationNeeded
    {
        public static readonly BalanceNow Instance = new();
    }

    private sealed class GrowNow : INoSerializationVerificationNeeded
    {
        public static readonly GrowNow Instance = new();
    }
}
