using Akka.Actor;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>Base of what an actor may require of its mailbox, or a mailbox type promise.</summary>
public interface ISemantics
{
}

public interface IUnboundedMessageQueueSemantics : ISemantics
{
}

public interface IBoundedMessageQueueSemantics : ISemantics
{
    TimeSpan PushTimeOut { get; set; }
}

/// <summary>Messages can be put back at the front, as unstashing does.</summary>
public interface IDequeBasedMessageQueueSemantics : ISemantics
{
    void EnqueueFirst(Envelope envelope);
}

public interface IUnboundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IUnboundedMessageQueueSemantics
{
}

public interface IBoundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IBoundedMessageQueueSemantics
{
}

public interface IMultipleConsumerSemantics : ISemantics
{
}

/// <summary>An actor that needs a mailbox with these semantics; <c>akka.actor.mailbox.requirements</c> says which one that is.</summary>
public interface IRequiresMessageQueue<T>
    where T : ISemantics
{
}
