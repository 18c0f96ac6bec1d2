using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Dispatch;

/// <summary>
/// Mailbox types by id, which is the path of their configuration, and the choice for an actor: what its props name, else
/// what its dispatcher names, else what its class requires, else the default.
/// </summary>
public class Mailboxes
{
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";

    private readonly ActorSystemImpl _system;
    private readonly ConcurrentDictionary<string, MailboxType> _byId = new();
    private readonly ConcurrentDictionary<Type, Type?> _requiredByActor = new();
    private readonly ConcurrentDictionary<string, string?> _ofDispatcher = new();
    private readonly Dictionary<Type, string> _idByRequirement = [];

    internal Mailboxes(ActorSystemImpl system)
    {
        _system = system;
        var requirements = system.Settings.Config.GetConfig("akka.actor.mailbox.requirements");
        foreach (var (name, id) in requirements?.AsEnumerable() ?? [])
        {
            if (TypeNames.Find(name) is { } type)
                _idByRequirement[type] = id.GetString()!;
        }
    }

    public bool HasRequiredType(Type actorType) => GetRequiredType(actorType) is not null;

    public Type? GetRequiredType(Type actorType) => _requiredByActor.GetOrAdd(actorType, static type => type.GetInterfaces()
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>))?.GetGenericArguments()[0]);

    public MailboxType Lookup(string id) => _byId.GetOrAdd(id, static (key, self) => self.Create(key), this);

    public MailboxType LookupByQueueType(Type queueType) => _idByRequirement.TryGetValue(queueType, out var id)
        ? Lookup(id)
        : throw new ConfigurationException($"Mailbox mapping for [{queueType}] not configured");

    internal MailboxType For(Props props, string dispatcherId, string? mailboxId)
    {
        var required = GetRequiredType(props.Type);
        mailboxId ??= _ofDispatcher.GetOrAdd(dispatcherId, static (id, self) => self.MailboxOfDispatcher(id), this);
        if (mailboxId is null)
            return required is null ? Lookup(DefaultMailboxId) : LookupByQueueType(required);
        var type = Lookup(mailboxId);
        if (required is not null && type.QueueType is { } offered && !required.IsAssignableFrom(offered))
        {
            throw new ArgumentException(
                $"produced message queue type [{offered}] does not fulfill requirement for actor class [{props.Type}]: [{required}]");
        }
        return type;
    }

    internal int StashCapacity(Props props)
    {
        if (props.StashCapacity != Props.NoStashCapacity)
            return props.StashCapacity;
        var id = props.MailboxId ?? MailboxOfDispatcher(props.Dispatcher);
        if (id is null && GetRequiredType(props.Type) is { } required)
            _idByRequirement.TryGetValue(required, out id);
        return (id is null ? null : _system.Settings.Config.GetConfig(id))?.GetInt("stash-capacity", DefaultStashCapacity)
            ?? DefaultStashCapacity;
    }

    private int DefaultStashCapacity => _system.Settings.Config.GetInt("akka.actor.default-mailbox.stash-capacity", -1);

    private string? MailboxOfDispatcher(string dispatcherId) =>
        _system.Settings.Config.HasPath($"{dispatcherId}.mailbox-type") ? dispatcherId : null;

    private MailboxType Create(string id)
    {
        var defaults = _system.Settings.Config.GetConfig(DefaultMailboxId)!;
        switch (id)
        {
            case "unbounded":
                return new UnboundedMailbox(_system.Settings, defaults);
            case "bounded":
                return new BoundedMailbox(_system.Settings, defaults);
        }
        var config = _system.Settings.Config.GetConfig(id) ?? throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        var typeName = config.GetString("mailbox-type");
        if (string.IsNullOrEmpty(typeName))
            throw new ConfigurationException($"The setting mailbox-type defined in [{id}] is empty");
        var type = TypeNames.Find(typeName) ?? throw new ConfigurationException(
            $"Found mailbox-type [{typeName}] in configuration for [{id}], but could not find that type");
        return (MailboxType)Activator.CreateInstance(type, _system.Settings, config.WithFallback(defaults))!;
    }
}
