using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// Asks the authorities about the owner's own certificates, signing and TLS, from the start on: the inventory shows the state
/// and its age, and a signing key whose certificate is revoked signs no more. What nobody answers stops nothing of ours.
/// </summary>
internal sealed partial class OwnRevocation : IAsyncDisposable
{
    /// <summary>How often it looks whether an answer has ended; answers serve as long as those about counterparties.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(61);

    private readonly Func<RevocationService> revocation;
    private readonly CertificateInventory inventory;
    private readonly SigningKeys keys;
    private readonly ILogger log;
    private readonly Recurring questions;

    public OwnRevocation(Func<RevocationService> revocation, CertificateInventory inventory, SigningKeys keys, TimeProvider clock, ILogger<OwnRevocation> log)
    {
        this.revocation = revocation;
        this.inventory = inventory;
        this.keys = keys;
        this.log = log;
        questions = new Recurring(AskAsync, Interval, exception => LogNotAsked(exception.GetType().Name), clock);
    }

    public void Start() => questions.Start(TimeSpan.Zero);

    public ValueTask DisposeAsync() => questions.DisposeAsync();

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

    [LoggerMessage(1812, LogLevel.Error, "The authorities could not be asked about the own certificates: {Type}; the next turn asks again")]
    private partial void LogNotAsked(string type);
}
