using ActorBroker.Core.Kernel;
using ActorBroker.Storage.Files;
using ActorBroker.Storage.Tail;

namespace ActorBroker.Storage;

/// <summary>What all logs of a node share: settings, open files, the tail's memory, and where to say what went wrong.</summary>
public sealed class LogEnvironment
{
    public LogEnvironment(StorageSettings settings, BufferPool buffers, IStorageLog log)
        : this(settings, buffers, log, new SystemStorageFiles())
    {
    }

    internal LogEnvironment(StorageSettings settings, BufferPool buffers, IStorageLog log, StorageFiles files)
    {
        Settings = settings;
        Buffers = buffers;
        Log = log;
        Files = files;
        Descriptors = new DescriptorCache(files, settings.OpenFilesMax);
        Tail = new TailBudget(settings);
    }

    public StorageSettings Settings { get; }
    public BufferPool Buffers { get; }
    public IStorageLog Log { get; }

    /// <summary>Files that are open now; at most a little above <see cref="StorageSettings.OpenFilesMax"/>.</summary>
    public int OpenFiles => Descriptors.OpenCount;

    /// <summary>Bytes that the tail caches hold now.</summary>
    public long TailBytes => Tail.UsedBytes;

    internal StorageFiles Files { get; }
    internal DescriptorCache Descriptors { get; }
    internal TailBudget Tail { get; }
}
