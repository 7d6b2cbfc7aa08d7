using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// Asks the authorities about the owner's own certificates, signing and TLS, from the start on: the inventory shows the state
/// and its age, and a signing key whose certificate is revoked signs no more. What nobody answers stops nothing of ours.
/// </summary>
internal sealed partial class OwnRevocation(Func<RevocationService> revocation, CertificateInventory inventory, SigningKeys keys, TimeProvider clock, ILogger<OwnRevocation> log) : IAsyncDisposable
{
    /// <summary>How often it looks whether an answer has ended; answers serve as long as those about counterparties.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(61);

    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    public void Start() => loop = Task.Run(() => RunAsync(stop.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await AskAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        foreach (var use in inventory.All.Where(use => use.IsOwn))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var decision = await revocation().CheckOwnAsync(use.Certificate).WaitAsync(cancellationToken);
            if (decision.Verdict == RevocationVerdict.Revoked)
            {
                LogRevoked(use.Kind, use.Name, use.Certificate.SerialNumber);
            }

            // The last word of the authority counts, for and against; without one a key stays as it was.
            foreach (var key in keys.All.Where(key => key.Certificate.RawDataMemory.Span.SequenceEqual(use.Certificate.RawDataMemory.Span)))
            {
                key.IsRevoked = decision.Verdict is RevocationVerdict.Revoked || (key.IsRevoked && decision.Verdict is not RevocationVerdict.Good);
            }
        }
    }

    [LoggerMessage(1811, LogLevel.Error, "The own {Kind} certificate of {Name} (serial {Serial}) is revoked")]
    private partial void LogRevoked(string kind, string name, string serial);
}
