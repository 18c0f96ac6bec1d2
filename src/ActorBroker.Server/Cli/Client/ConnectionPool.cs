namespace ActorBroker.Server.Cli.Client;

/// <summary>At most one open connection per address and lane; a broken one is replaced at the next use.</summary>
internal sealed class ConnectionPool(ClientSettings settings) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Dictionary<(BrokerAddress, string), BrokerConnection> _open = [];

    /// <param name="address">Where to.</param>
    /// <param name="lane">Requests that wait on the broker (fetches, joins) take a lane of their own, since answers come in order.</param>
    /// <param name="cancel">Ends the attempt.</param>
    public async Task<BrokerConnection> GetAsync(BrokerAddress address, string lane, CancellationToken cancel)
    {
        await _opening.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_open.TryGetValue((address, lane), out var known))
            {
                if (known.IsOpen) return known;
                _open.Remove((address, lane));
                await known.DisposeAsync().ConfigureAwait(false);
            }

            var connection = await BrokerConnection.OpenAsync(address, settings, cancel).ConfigureAwait(false);
            _open[(address, lane)] = connection;
            return connection;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _open.Values) await connection.DisposeAsync().ConfigureAwait(false);
        _open.Clear();
        _opening.Dispose();
    }
}
