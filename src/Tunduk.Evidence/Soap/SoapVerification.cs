using System.Collections.Frozen;
using System.Text;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Soap;

/// <summary>The result of a verification.</summary>
public sealed record SoapVerification
{
    private static readonly FrozenDictionary<SoapVerificationCode, string> Names =
        Enum.GetValues<SoapVerificationCode>().ToFrozenDictionary(code => code, Spell);

    /// <summary>The outcome.</summary>
    public required SoapVerificationStatus Status { get; init; }

    /// <summary>Why, when it failed.</summary>
    public SoapVerificationCode Code { get; init; }

    /// <summary>The stable spelling of <see cref="Code"/>, for example <c>soap_body_not_covered</c>; empty when there is none.</summary>
    public string CodeName => Names[Code];

    /// <summary>Where and how, when it failed.</summary>
    public SignatureExplanation Explanation { get; init; } = Nothing;

    /// <summary>Copies of our own signature that were set aside.</summary>
    public int EchoedSignatures { get; init; }

    /// <summary>Valid: the signer.</summary>
    public TrustedSigner? Signer { get; init; }

    /// <summary>Valid: the algorithm.</summary>
    public SignatureAlgorithm? Algorithm { get; init; }

    /// <summary>Valid: time of signing, by the signer's clock.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Valid: end of acceptance; the replay store keeps its key until then, and the skew longer.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>Valid: decoded SignatureValue, which a response to this message confirms.</summary>
    public ReadOnlyMemory<byte> SignatureValue { get; init; }

    /// <summary>
    /// Valid: SHA-256 of the canonical SignedInfo. Unlike an ECDSA SignatureValue nobody can vary it: use it in replay keys.
    /// </summary>
    public ReadOnlyMemory<byte> SignedInfoSha256 { get; init; }

    /// <summary>Valid: what is covered.</summary>
    public IReadOnlyList<SoapCoveredPart> Covered { get; init; } = [];

    /// <summary>Valid: the canonical Body that was verified: what the application reads from here on.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Valid: the verified Exchange block.</summary>
    public SoapExchange? Exchange { get; init; }

    internal static SignatureExplanation Nothing { get; } = new();

    private static string Spell(SoapVerificationCode code)
    {
        if (code == SoapVerificationCode.None)
        {
            return "";
        }

        var text = new StringBuilder("soap");
        foreach (char c in code.ToString())
        {
            if (char.IsUpper(c))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
