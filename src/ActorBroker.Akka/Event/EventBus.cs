namespace Akka.Event;

/// <summary>Events go to who subscribed to their class.</summary>
public abstract class EventBus<TEvent, TClassifier, TSubscriber>
{
    private protected EventBus()
    {
    }

    public virtual bool Subscribe(TSubscriber subscriber, TClassifier classifier) => Add(subscriber, classifier);

    public virtual bool Unsubscribe(TSubscriber subscriber) => Remove(subscriber);

    public virtual bool Unsubscribe(TSubscriber subscriber, TClassifier classifier) => Remove(subscriber, classifier);

    public virtual void Publish(TEvent @event) => Deliver(@event);

    private protected abstract bool Add(TSubscriber subscriber, TClassifier classifier);

    private protected abstract bool Remove(TSubscriber subscriber);

    private protected abstract bool Remove(TSubscriber subscriber, TClassifier classifier);

    private protected abstract void Deliver(TEvent published);
}
