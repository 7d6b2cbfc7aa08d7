using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunduk.Evidence.Timestamps;

/// <summary>The result of verifying a time-stamp.</summary>
public sealed record TimestampVerification
{
    /// <summary>None for a valid one.</summary>
    public TimestampFault Fault { get; init; }

    /// <summary>No fault.</summary>
    public bool IsValid => Fault == TimestampFault.None;

    /// <summary>The stable spelling of the fault, for example <c>timestamp_before_request</c>; empty when there is none.</summary>
    public string CodeName => IsValid ? "" : Spell(Fault.ToString());

    /// <summary>The authority's time.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>How far it may be off, as the authority says; zero where it says nothing.</summary>
    public TimeSpan Accuracy { get; init; }

    /// <summary>The authority's policy.</summary>
    public string? Policy { get; init; }

    /// <summary>Serial number of the token, hexadecimal.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The authority's certificate.</summary>
    public X509Certificate2? Authority { get; init; }

    /// <summary>The token alone, as it is stored: without the response's status around it.</summary>
    public ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>Faults of time: seconds past the allowed moment, skew and accuracy not subtracted.</summary>
    public double? SkewSeconds { get; init; }

    /// <summary>Serial number of the certificate that is refused.</summary>
    public string? CertificateSerial { get; init; }

    private static string Spell(string name)
    {
        var text = new StringBuilder("timestamp");
        foreach (char c in name)
        {
            text.Append(char.IsUpper(c) ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
