using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Signing;

/// <summary>
/// A signing key that never leaves its holder. <see cref="SignAsync"/> hashes and signs exactly the bytes given, by
/// <see cref="Algorithm"/>; it may queue (a token, a device), so callers prepare first and complete afterwards. It is given only
/// to code that prepares one of the project's own signed objects, never to a caller's bytes.
/// </summary>
public interface IMessageSigner
{
    /// <summary>What <see cref="SignAsync"/> computes; fits the key of <see cref="Certificate"/>.</summary>
    SignatureAlgorithm Algorithm { get; }

    /// <summary>The certificate of the key.</summary>
    X509Certificate2 Certificate { get; }

    /// <summary>Signs; the value's encoding is that of XML-DSig (ECDSA: r and s joined).</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}
