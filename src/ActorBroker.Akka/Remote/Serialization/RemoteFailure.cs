using Akka.Actor;

namespace Akka.Remote.Serialization;

/// <summary>
/// A failure as it crosses nodes: name of its type, message, inner failure. A few types that callers tell apart come back as
/// they were; the others come as a <see cref="RemoteFailureException"/> that carries the name. No type is ever loaded by name.
/// </summary>
internal static class RemoteFailure
{
    private const int MaxDepth = 8;

    private static readonly Dictionary<string, Func<string, Exception?, Exception>> Known = new()
    {
        [typeof(AskTimeoutException).FullName!] = static (m, _) => new AskTimeoutException(m),
        [typeof(TimeoutException).FullName!] = static (m, inner) => new TimeoutException(m, inner),
        [typeof(ArgumentException).FullName!] = static (m, inner) => new ArgumentException(m, inner),
        [typeof(InvalidOperationException).FullName!] = static (m, inner) => new InvalidOperationException(m, inner),
        [typeof(NotSupportedException).FullName!] = static (m, inner) => new NotSupportedException(m, inner),
        [typeof(OperationCanceledException).FullName!] = static (m, inner) => new OperationCanceledException(m, inner),
        [typeof(TaskCanceledException).FullName!] = static (m, inner) => new TaskCanceledException(m, inner),
        [typeof(IOException).FullName!] = static (m, inner) => new IOException(m, inner),
    };

    public static void Write(WireWriter to, Exception? failure)
    {
        for (var depth = 0; failure is not null && depth < MaxDepth; depth++, failure = failure.InnerException)
        {
            to.Bool(true);
            to.Text((failure as RemoteFailureException)?.TypeName ?? failure.GetType().FullName ?? failure.GetType().Name);
            to.Text((failure as RemoteFailureException)?.Text ?? failure.Message);
        }
        to.Bool(false);
    }

    public static Exception? Read(ref WireReader from)
    {
        var levels = new Stack<(string Type, string Message)>();
        while (from.Bool())
        {
            if (levels.Count == MaxDepth)
                throw new WireFormatException("A failure is nested too deeply");
            levels.Push((from.Text(), from.Text()));
        }
        Exception? failure = null;
        while (levels.TryPop(out var level))
        {
            failure = Known.TryGetValue(level.Type, out var make)
                ? make(level.Message, failure)
                : new RemoteFailureException(level.Type, level.Message, failure);
        }
        return failure;
    }
}
