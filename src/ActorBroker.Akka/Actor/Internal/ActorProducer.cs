using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>How <see cref="Props"/> make the instance: by constructor, by type and arguments, or by a function.</summary>
internal sealed class ActorProducer
{
    private readonly Func<ActorBase> _produce;
    private readonly Action<ActorBase>? _release;

    private ActorProducer(Type actorType, object[] arguments, Func<ActorBase> produce, Action<ActorBase>? release = null)
    {
        ActorType = actorType;
        Arguments = arguments;
        _produce = produce;
        _release = release;
    }

    public Type ActorType { get; }

    public object[] Arguments { get; }

    public static ActorProducer FromNew(Type actorType, NewExpression creation)
    {
        if (creation.Constructor is not { } constructor || creation.Arguments.Count == 0)
            return FromType(actorType, []);
        var arguments = creation.Arguments.Select(Evaluate).ToArray();
        var invoker = ConstructorInvoker.Create(constructor);
        return new ActorProducer(actorType, arguments!, () => (ActorBase)invoker.Invoke(arguments.AsSpan()));
    }

    public static ActorProducer FromFactory(Type actorType, Func<ActorBase> factory) => new(actorType, [], factory);

    public static ActorProducer FromProducer(IIndirectActorProducer producer, object[] arguments) =>
        new(producer.ActorType, arguments, producer.Produce, producer.Release);

    public static ActorProducer FromType(Type actorType, object[] arguments) => arguments.Length == 0
        ? new ActorProducer(actorType, arguments, () => (ActorBase)Activator.CreateInstance(actorType, nonPublic: false)!)
        : new ActorProducer(actorType, arguments, () => (ActorBase)Activator.CreateInstance(actorType, arguments)!);

    public ActorBase Produce() => _produce();

    public void Release(ActorBase actor) => _release?.Invoke(actor);

    // Captured variables and constants, the usual arguments, need no compilation.
    private static object? Evaluate(Expression argument)
    {
        switch (argument)
        {
            case ConstantExpression constant:
                return constant.Value;
            case MemberExpression { Member: FieldInfo field } member:
                return field.GetValue(member.Expression is null ? null : Evaluate(member.Expression));
            case MemberExpression { Member: PropertyInfo property } member:
                return property.GetValue(member.Expression is null ? null : Evaluate(member.Expression));
            case UnaryExpression { NodeType: ExpressionType.Convert, Method: null } cast when !cast.Type.IsValueType:
                return Evaluate(cast.Operand);
            default:
                return Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();
        }
    }
}
