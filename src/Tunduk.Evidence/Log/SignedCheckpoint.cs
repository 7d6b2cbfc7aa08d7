using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>A parsed checkpoint with one signature of this system's type (proto/ENTRY-FORMAT.md §5).</summary>
public sealed record SignedCheckpoint
{
    /// <summary>First line of the note and name of its key: unique to the log.</summary>
    public required string Origin { get; init; }
    public required long Size { get; init; }
    public required LogHash Root { get; init; }

    /// <summary>Claimed signing time (the adapter's clock), whole seconds; it is under the signature.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>A name of <see cref="CheckpointAlgorithm"/>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The first four bytes of the key's id.</summary>
    public required uint KeyId { get; init; }
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The whole signed note.</summary>
    public required string Note { get; init; }

    /// <summary>SHA-256 of the whole note: what rides in signed messages and is archived by the receiver.</summary>
    public LogHash Hash => new(SHA256.HashData(Encoding.UTF8.GetBytes(Note)));
}
