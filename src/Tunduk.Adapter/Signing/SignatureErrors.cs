using System.Globalization;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>A verification's reason as a refusal, explained within the limits of SIGNATURES "The strict verifier".</summary>
internal static class SignatureErrors
{
    public static ExchangeError From(SoapVerification result, SoapDirection direction)
    {
        var explanation = result.Explanation;
        return new ExchangeError(ExchangeStage.Verify, CodeOf(result.Code))
        {
            Path = explanation.Element is null ? "Envelope" : explanation.Line is { } line ? $"{explanation.Element} (line {line.ToString(CultureInfo.InvariantCulture)})" : explanation.Element,
            Expected = RefusalPhrases.Of("signature_of_profile_by_certificate_of"),
            Found = result.CodeName,
            Details = [.. Details(explanation)],
            KeepDetails = true,
            OutcomeUnknown = direction == SoapDirection.Response,
        };
    }

    /// <summary>A REST verification's reason.</summary>
    public static ExchangeError From(HttpVerification result, bool isResponse) => new(ExchangeStage.Verify, CodeOf(result, isResponse))
    {
        Path = result.Explanation.Element ?? "Signature",
        Expected = RefusalPhrases.Of("signature_of_profile_by_certificate_of"),
        Found = result.CodeName,
        Details = [.. Details(result.Explanation)],
        KeepDetails = true,
        OutcomeUnknown = isResponse,
    };

    public static ExchangeError Missing(SoapVerification result, Agreement agreement, SoapDirection direction) =>
        Missing("Header/Security", result.Status == SoapVerificationStatus.Echo, agreement, direction == SoapDirection.Response);

    /// <summary>No signature where one is demanded.</summary>
    public static ExchangeError Missing(string path, bool isEcho, Agreement agreement, bool isResponse) =>
        new(ExchangeStage.Verify, ExchangeCodes.SignatureMissing)
        {
            Path = path,
            Expected = agreement.Signature.Inbound == InboundSignature.Required ? RefusalPhrases.Of("signature_as_agreement_demands") : RefusalPhrases.Of("signature_as_counterparty_gave_before"),
            Found = isEcho ? RefusalPhrases.Of("copy_of_our_own") : RefusalPhrases.Of("none"),
            OutcomeUnknown = isResponse,
        };

    private static string CodeOf(HttpVerification result, bool isResponse) => result.Code switch
    {
        HttpVerificationCode.SignatureMissing => ExchangeCodes.SignatureMissing,
        HttpVerificationCode.RequestDiffers => ExchangeCodes.ResponseNotBound,
        HttpVerificationCode.ComponentNotCovered when isResponse && result.Explanation.Element?.Contains(";req", StringComparison.Ordinal) == true => ExchangeCodes.ResponseNotBound,
        >= HttpVerificationCode.CertificateMissing and <= HttpVerificationCode.CertificateExpired => ExchangeCodes.CertificateNotTrusted,
        _ => ExchangeCodes.SignatureInvalid,
    };

    private static string CodeOf(SoapVerificationCode code) => code switch
    {
        SoapVerificationCode.RequestHashMissing or SoapVerificationCode.RequestHashDiffers
            or SoapVerificationCode.ConfirmationMissing or SoapVerificationCode.ConfirmationDiffers => ExchangeCodes.ResponseNotBound,
        SoapVerificationCode.CertificateMalformed or SoapVerificationCode.CertificateUntrusted or SoapVerificationCode.CertificateWeakKey
            or SoapVerificationCode.CertificateUnsupportedKey or SoapVerificationCode.CertificateKeyUsage or SoapVerificationCode.CertificateWeakChain
            or SoapVerificationCode.CertificateCriticalExtension or SoapVerificationCode.CertificateNotYetValid or SoapVerificationCode.CertificateExpired => ExchangeCodes.CertificateNotTrusted,
        SoapVerificationCode.SignatureMissing or SoapVerificationCode.SecurityMissing => ExchangeCodes.SignatureMissing,
        _ => ExchangeCodes.SignatureInvalid,
    };

    private static IEnumerable<string> Details(SignatureExplanation explanation)
    {
        if (explanation.Algorithm is not null)
        {
            yield return Phrases.Of("Signing.Algorithm", explanation.Algorithm);
        }

        if (explanation.Transform is not null)
        {
            yield return Phrases.Of("Signing.Transform", explanation.Transform);
        }

        if (explanation.CanonicalLength is { } length)
        {
            yield return Phrases.Of("Signing.CanonicalFormBytes", length);
        }

        if (explanation.BaseLength is { } signed)
        {
            yield return Phrases.Of("Signing.SignatureBaseBytes", signed);
        }

        if (explanation.SkewSeconds is { } skew)
        {
            yield return Phrases.Of("Signing.OffS", skew);
        }

        if (explanation.Found is { } count)
        {
            yield return Phrases.Of("Signing.Found", count);
        }

        if (explanation.CertificateSerial is not null)
        {
            yield return Phrases.Of("Signing.CertificateSerial", explanation.CertificateSerial);
        }

        if (explanation.Chain is not null)
        {
            yield return Phrases.Of("Signing.Chain", explanation.Chain);
        }

        if (explanation.Path is not null)
        {
            yield return Phrases.Of("Signing.FirstDifference", explanation.Path);
        }

        if (explanation.DiffersAt is { } offset)
        {
            yield return Phrases.Of("Signing.FirstDifferenceByte", offset);
        }

        if (explanation is { ExpectedLength: { } expected, FoundLength: { } found })
        {
            yield return Phrases.Of("Signing.LengthsExpectedFound", expected, found);
        }
    }
}
