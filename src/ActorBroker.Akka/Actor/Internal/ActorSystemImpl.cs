using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Remote;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// Start: configuration, event stream with the console logger, scheduler, provider with its guardians, loggers, extensions.
/// End: user guardian, system guardian with its hooks, root; then dispatchers and scheduler.
/// </summary>
internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    private readonly Stack<Action> _onTermination = new();
    private readonly TaskCompletionSource _whenTerminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Serialization.Serialization? _serialization;
    private int _stopping;

    public ActorSystemImpl(string name, Config config, Setup.ActorSystemSetup setup)
    {
        if (string.IsNullOrEmpty(name) || name[0] is '-' or '_' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' or '_')",
                nameof(name));
        }
        Name = name;
        Settings = new Settings(this, config.WithFallback(ConfigurationFactory.Default()), setup);
        EventStream = new EventStream(Settings.Config.GetBoolean("akka.actor.debug.event-stream"));
        EventStream.StartStdoutLogger(Settings);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), Settings.Formatter);
        Scheduler = CreateScheduler();
        Dispatchers = new Dispatchers(this);
        Mailboxes = new Mailboxes(this);
        LocalProvider = new LocalActorRefProvider(this);
        Provider = CreateProvider();
        DeadLetterQueue = new DeadLetterQueue(LocalProvider.DeadLetters);
        VerifiesMessages = Settings.SerializeAllMessages;
    }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => LocalProvider.DeadLetters;

    public override Dispatchers Dispatchers { get; }

    public override Mailboxes Mailboxes { get; }

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _whenTerminated.Task;

    public override IActorRefProvider Provider { get; }

    public override Serialization.Serialization Serialization =>
        _serialization ?? Interlocked.CompareExchange(ref _serialization, new Serialization.Serialization(this), null) ?? _serialization!;

    public LocalActorRefProvider LocalProvider { get; }

    public DeadLetterQueue DeadLetterQueue { get; }

    /// <summary>Every message makes a round trip through its serializer.</summary>
    public bool VerifiesMessages { get; }

    public void Start()
    {
        LocalProvider.Init();
        LocalProvider.TerminationTask.ContinueWith(_ => FinishTermination(), TaskScheduler.Default);
        StartRemoting();
        EventStream.StartDefaultLoggers(this);
        if (Settings.LogDeadLetters > 0)
            SystemActorOf(Props.Create(typeof(DeadLetterListener)), "deadLetterListener");
        if (Settings.LogConfigOnStart)
            Log.Info(Settings.Config.ToString(true));
        foreach (var name in Settings.Config.GetStringList("akka.extensions"))
        {
            if (TypeNames.Find(name) is { } type && typeof(IExtensionId).IsAssignableFrom(type))
                RegisterExtension((IExtensionId)Activator.CreateInstance(type)!);
            else
                Log.Error("[{0}] is not an 'ExtensionId', skipping...", name);
        }
        CoordinatedShutdown.Get(this);
    }

    public override IActorRef ActorOf(Props props, string? name = null) => LocalProvider.Guardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) => LocalProvider.SystemGuardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf<TActor>(string? name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorSelectionDelivery.Select(actorPath, this);

    public override ActorSelection ActorSelection(string actorPath) => ActorSelectionDelivery.Select(actorPath, this);

    public override void Stop(IActorRef actor)
    {
        var parent = ((IInternalActorRef)actor).Parent;
        (parent as LocalActorRef)?.Cell.ChildrenOrNull?.WillDie(actor);
        ((IInternalActorRef)actor).Stop();
    }

    public override Task Terminate()
    {
        if (Settings.CoordinatedShutdownRunByActorSystemTerminate)
            CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        else
            FinalTerminate();
        return WhenTerminated;
    }

    /// <summary>Ends the actors without the coordinated shutdown.</summary>
    public void FinalTerminate()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
            return;
        if (!Settings.LogDeadLettersDuringShutdown)
            ActorSelection("/system/deadLetterListener").Tell(PoisonPill.Instance);
        LocalProvider.Guardian.Stop();
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_onTermination)
        {
            if (_whenTerminated.Task.IsCompleted)
                throw new InvalidOperationException("ActorSystem already terminated.");
            _onTermination.Push(code);
        }
    }

    public override object RegisterExtension(IExtensionId extension) => _extensions.GetOrAdd(
        extension.ExtensionType,
        static (_, arguments) => new Lazy<object>(() => arguments.Id.CreateExtension(arguments.System)),
        (Id: extension, System: this)).Value;

    public override object GetExtension(IExtensionId extensionId) => TryGetExtension(extensionId.ExtensionType, out var extension)
        ? extension
        : null!;

    public override T GetExtension<T>() => TryGetExtension<T>(out var extension) ? extension : null!;

    public override bool HasExtension(Type type) => typeof(IExtension).IsAssignableFrom(type) && _extensions.ContainsKey(type);

    public override bool HasExtension<T>() => _extensions.ContainsKey(typeof(T));

    public override bool TryGetExtension(Type extensionType, out object extension)
    {
        var found = _extensions.TryGetValue(extensionType, out var lazy);
        extension = found ? lazy!.Value : null!;
        return found;
    }

    public override bool TryGetExtension<T>(out T extension)
    {
        var found = TryGetExtension(typeof(T), out var untyped);
        extension = (T)untyped;
        return found;
    }

    public override string ToString() => LocalProvider.RootPath.Address.ToString();

    private void StartRemoting()
    {
        if (Provider is not RemoteActorRefProvider remote)
            return;
        try
        {
            remote.Init();
        }
        catch
        {
            FinalTerminate();
            throw;
        }
    }

    private IScheduler CreateScheduler()
    {
        var type = TypeNames.Find(Settings.SchedulerClass)
            ?? throw new ConfigurationException($"Scheduler {Settings.SchedulerClass} not found");
        return (IScheduler)Activator.CreateInstance(type, Settings.Config, Log)!;
    }

    private IActorRefProvider CreateProvider() => Settings.ProviderName switch
    {
        "local" or "Akka.Actor.LocalActorRefProvider" or "Akka.Actor.LocalActorRefProvider, Akka" => LocalProvider,
        "remote" or "Akka.Remote.RemoteActorRefProvider" or "Akka.Remote.RemoteActorRefProvider, Akka.Remote" =>
            new RemoteActorRefProvider(this, LocalProvider),
        var other => throw new ConfigurationException($"akka.actor.provider = {other} is not known to this engine"),
    };

    private void FinishTermination()
    {
        Action[] hooks;
        lock (_onTermination)
        {
            hooks = [.. _onTermination];
            _onTermination.Clear();
        }
        foreach (var hook in hooks)
        {
            try
            {
                hook();
            }
            catch (Exception e)
            {
                Log.Error(e, "A termination callback failed");
            }
        }
        Dispatchers.Stop();
        (Scheduler as IDisposable)?.Dispose();
        foreach (var extension in _extensions.Values.Where(e => e.IsValueCreated))
            (extension.Value as IDisposable)?.Dispose();
        _whenTerminated.TrySetResult();
    }
}
