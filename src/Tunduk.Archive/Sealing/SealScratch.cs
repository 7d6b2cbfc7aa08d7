using System.Security.Cryptography;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sealing;

/// <summary>
/// What preparing one draft needs and nothing keeps: slots, salts and leaf hashes. Each thread has one and uses it for draft after draft; salts and
/// references to values are wiped in between. A draft with more than a few hundred values gets its own.
/// </summary>
internal sealed class SealScratch : IDisposable
{
    private const int Most = 256;

    [ThreadStatic]
    private static SealScratch? spare;

    private LogHash[] leaves = [];
    private byte[] salts = [];
    private int salted;

    /// <summary>Slots, empty at first.</summary>
    public List<SealedSlot> Slots { get; } = new(16);

    /// <summary>This thread's, until it is disposed of.</summary>
    public static SealScratch OfThread()
    {
        SealScratch own = spare ?? new SealScratch();
        spare = null; // nobody else's until it is given back
        return own;
    }

    /// <summary>Room for so many leaf hashes; what it holds is anything.</summary>
    public Span<LogHash> Leaves(int count)
    {
        leaves = leaves.Length < count ? new LogHash[count] : leaves;
        return leaves.AsSpan(0, count);
    }

    /// <summary>Room for so many salts; what it holds is anything.</summary>
    public Memory<byte> Salts(int count)
    {
        salted = count * Commitment.SaltSize;
        salts = salts.Length < salted ? new byte[salted] : salts;
        return salts.AsMemory(0, salted);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(salts.AsSpan(0, salted));
        salted = 0;
        if (Slots.Capacity <= Most)
        {
            Slots.Clear();
            Keep(this);
        }
    }

    private static void Keep(SealScratch scratch) => spare = scratch;
}
