using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Core.Ports;

/// <summary>An open segment file that cannot be closed while the lease is held.</summary>
public interface IFileLease
{
    SafeFileHandle Handle { get; }

    void Release();
}
