using Tunduk.Evidence.Soap;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// The last envelopes this process signed, to say where a received one first differs from what was signed (SIGNATURES "The
/// strict verifier"). There is a copy only where both ends are here: the sandbox, and an owner whose own subsystems ask each
/// other. Nothing is decided by it.
/// </summary>
/// <param name="isHere">Whether a counterparty is at this end too; what others are sent is not kept.</param>
/// <remarks>Bounded: few envelopes, none above a size, the oldest goes first; in memory alone.</remarks>
internal sealed class SignedCopies(Func<ClientId, bool> isHere)
{
    private const int Most = 64;
    private const int LargestEnvelope = 256 * 1024;
    private readonly Lock gate = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> byMessage = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    /// <summary>Remembers what was signed for a counterparty at this end.</summary>
    public void Keep(SoapDirection direction, ClientId? counterparty, SoapHeaders headers, ReadOnlyMemory<byte> envelope)
    {
        if (envelope.Length > LargestEnvelope || counterparty is not { } other || !isHere(other))
        {
            return;
        }

        var key = Key(direction, headers);
        lock (gate)
        {
            if (!byMessage.ContainsKey(key))
            {
                order.Enqueue(key);
            }

            byMessage[key] = envelope;
            if (order.Count > Most)
            {
                byMessage.Remove(order.Dequeue());
            }
        }
    }

    /// <summary>What was signed; empty where there is no copy.</summary>
    public ReadOnlyMemory<byte> Find(SoapDirection direction, SoapHeaders headers)
    {
        lock (gate)
        {
            return byMessage.GetValueOrDefault(Key(direction, headers));
        }
    }

    private static string Key(SoapDirection direction, SoapHeaders headers) => $"{direction} {headers.Client} {headers.Id}";
}
