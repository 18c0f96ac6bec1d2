namespace Akka.Remote;

/// <summary>The last intervals between heartbeats in a ring, with their sums.</summary>
internal sealed class HeartbeatHistory(int maxSamples)
{
    private readonly double[] _intervals = new double[maxSamples];
    private int _next;
    private int _count;
    private double _sum;
    private double _sumOfSquares;

    public double Mean => _sum / _count;

    public double StdDeviation => Math.Sqrt(Math.Max(0, _sumOfSquares / _count - Mean * Mean));

    public void Add(double interval)
    {
        if (_count == _intervals.Length)
        {
            var oldest = _intervals[_next];
            _sum -= oldest;
            _sumOfSquares -= oldest * oldest;
        }
        else
        {
            _count++;
        }
        _intervals[_next] = interval;
        _next = (_next + 1) % _intervals.Length;
        _sum += interval;
        _sumOfSquares += interval * interval;
    }
}
