using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>Signals to a process; .NET itself sends SIGKILL only.</summary>
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int processId, int signal)
    {
        if (Send_(processId, signal) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill -{signal} {processId}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Send_(int processId, int signal);
}
