using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Http;

/// <summary>What goes into a REST signature besides the message.</summary>
public sealed record HttpSignatureInput
{
    /// <summary>Certificate of the key that will sign.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Algorithm; it must have a registered name, see <see cref="HttpSignatureAlgorithms"/>.</summary>
    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>Time of signing; written in whole seconds.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>End of the time in which a receiver accepts the message.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Random bytes, 16 to 64, fresh for every signature.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Requests: SHA-256 of the own latest checkpoint; empty without one.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    /// <summary>Names of further header fields, those the parties agreed on; covered where the message has them, 32 at most.</summary>
    public IReadOnlyCollection<string> Listed { get; init; } = [];
}
