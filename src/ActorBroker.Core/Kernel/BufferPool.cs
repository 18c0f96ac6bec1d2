using System.Numerics;

namespace ActorBroker.Core.Kernel;

/// <summary>
/// Pinned byte buffers in power-of-two classes from 4 KiB to 4 MiB, counted against one budget for the whole node.
///
/// A buffer that comes back is kept for the next renter as long as its class holds less than <c>retainedBytesMax / 4</c>; the rest goes to
/// the garbage collector. Renting never fails: the budget is a fact that readers of the network ask (<see cref="IsOverBudget"/>) before
/// they
/// read more, so that memory in use stays near it. Larger requests than the largest class get an array of their own that is never kept.
/// </summary>
public sealed class BufferPool(long budgetBytes, long retainedBytesMax)
{
    private const int SmallestShift = 12;
    private const int LargestShift = 22;

    private readonly Stack<byte[]>[] _free = CreateClasses();
    private readonly int[] _freeMax = CreateLimits(retainedBytesMax);
    private long _inUseBytes;

    /// <summary>Bytes of all buffers that are rented now.</summary>
    public long InUseBytes => Volatile.Read(ref _inUseBytes);

    /// <summary>The bytes that should not be exceeded; see <see cref="IsOverBudget"/>.</summary>
    public long BudgetBytes => budgetBytes;

    public bool IsOverBudget => InUseBytes > budgetBytes;

    /// <summary>
    /// Called when the bytes in use fall from above the budget to it or below, on whichever thread released a buffer: must only mark and
    /// wake. Set once, before the pool is used.
    /// </summary>
    public Action? Relieved { get; set; }

    /// <summary>A buffer of at least <paramref name="minimumBytes"/> with one lease, the caller's.</summary>
    public LeasedBuffer Rent(int minimumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumBytes);
        var shift = ShiftOf(minimumBytes);
        byte[]? array = null;
        if (shift <= LargestShift)
        {
            var stack = _free[shift - SmallestShift];
            lock (stack) stack.TryPop(out array);
        }

        array ??= GC.AllocateUninitializedArray<byte>(shift <= LargestShift ? 1 << shift : minimumBytes, pinned: true);
        Interlocked.Add(ref _inUseBytes, array.Length);
        return new LeasedBuffer(this, array);
    }

    /// <summary>Gives the kept, unused buffers to the garbage collector.</summary>
    public void Trim()
    {
        foreach (var stack in _free)
            lock (stack) stack.Clear();
    }

    internal void Return(byte[] array)
    {
        var inUse = Interlocked.Add(ref _inUseBytes, -array.Length);
        Keep(array);
        if (inUse <= budgetBytes && inUse + array.Length > budgetBytes) Relieved?.Invoke();
    }

    private void Keep(byte[] array)
    {
        var shift = ShiftOf(array.Length);
        if (shift > LargestShift || array.Length != 1 << shift) return;
        var stack = _free[shift - SmallestShift];
        lock (stack)
            if (stack.Count < _freeMax[shift - SmallestShift]) stack.Push(array);
    }

    private static int ShiftOf(int bytes) => bytes <= 1 << SmallestShift ? SmallestShift : BitOperations.Log2((uint)bytes - 1) + 1;

    private static Stack<byte[]>[] CreateClasses()
    {
        var classes = new Stack<byte[]>[LargestShift - SmallestShift + 1];
        for (var i = 0; i < classes.Length; i++) classes[i] = new Stack<byte[]>();
        return classes;
    }

    private static int[] CreateLimits(long retainedBytesMax)
    {
        var limits = new int[LargestShift - SmallestShift + 1];
        for (var i = 0; i < limits.Length; i++) limits[i] = (int)Math.Clamp(retainedBytesMax / 4 >> (i + SmallestShift), 1, 4096);
        return limits;
    }
}
