using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Suspicion as a number (Hayashibara et al., "The phi accrual failure detector"): phi = -log10 of the probability that a
/// heartbeat is only late, by the normal distribution of the last intervals. Above the threshold the resource is down. An
/// accepted pause is added to the mean; the deviation has a floor, because perfectly regular heartbeats would make it zero.
/// </summary>
public class PhiAccrualFailureDetector : FailureDetector
{
    private readonly Lock _lock = new();
    private readonly double _threshold;
    private readonly int _maxSampleSize;
    private readonly double _minStdDeviationMillis;
    private readonly double _acceptablePauseMillis;
    private readonly double _firstEstimateMillis;
    private readonly Clock _clock;
    private readonly EventStream? _events;
    private HeartbeatHistory? _history;
    private long _last;

    public PhiAccrualFailureDetector(
        double threshold,
        int maxSampleSize,
        TimeSpan minStdDeviation,
        TimeSpan acceptableHeartbeatPause,
        TimeSpan firstHeartbeatEstimate,
        Clock? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(threshold, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSampleSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minStdDeviation, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(acceptableHeartbeatPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstHeartbeatEstimate, TimeSpan.Zero);
        _threshold = threshold;
        _maxSampleSize = maxSampleSize;
        _minStdDeviationMillis = minStdDeviation.TotalMilliseconds;
        _acceptablePauseMillis = acceptableHeartbeatPause.TotalMilliseconds;
        _firstEstimateMillis = firstHeartbeatEstimate.TotalMilliseconds;
        _clock = clock ?? DefaultClock;
    }

    public PhiAccrualFailureDetector(Config config, EventStream ev)
        : this(
            config.GetDouble("threshold"),
            config.GetInt("max-sample-size"),
            config.GetTimeSpan("min-std-deviation"),
            config.GetTimeSpan("acceptable-heartbeat-pause"),
            config.GetTimeSpan("heartbeat-interval")) => _events = ev;

    /// <summary>For log lines: whom this detector judges.</summary>
    public string Address { get; set; } = "N/A";

    public override bool IsAvailable => CurrentPhi < _threshold;

    public override bool IsMonitoring
    {
        get
        {
            lock (_lock)
                return _history is not null;
        }
    }

    internal double CurrentPhi
    {
        get
        {
            lock (_lock)
                return PhiAt(_clock());
        }
    }

    public override void HeartBeat()
    {
        long interval;
        lock (_lock)
        {
            var now = _clock();
            interval = now - _last;
            if (_history is null)
            {
                // Two samples around the estimate, far apart: a rather high deviation until real ones come.
                _history = new HeartbeatHistory(_maxSampleSize);
                _history.Add(_firstEstimateMillis * 0.75);
                _history.Add(_firstEstimateMillis * 1.25);
                interval = 0;
            }
            else if (PhiAt(now) < _threshold)
            {
                _history.Add(interval);
            }
            _last = now;
        }
        if (_events is not null && _acceptablePauseMillis > 0 && interval >= _acceptablePauseMillis * 2 / 3)
            _events.Publish(new Warning(ToString()!, GetType(), $"heartbeat interval is growing too large for address {Address}: {interval} millis"));
    }

    internal static double Phi(double elapsed, double mean, double stdDeviation)
    {
        // Logistic approximation of the cumulative normal distribution; each side keeps its precision.
        var y = (elapsed - mean) / stdDeviation;
        var e = Math.Exp(-y * (1.5976 + 0.070566 * y * y));
        return elapsed > mean ? -Math.Log10(e / (1 + e)) : -Math.Log10(1 - 1 / (1 + e));
    }

    private double PhiAt(long now) => _history is null
        ? 0
        : Phi(now - _last, _history.Mean + _acceptablePauseMillis, Math.Max(_history.StdDeviation, _minStdDeviationMillis));
}
