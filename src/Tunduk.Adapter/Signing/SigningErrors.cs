using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Signing;

/// <summary>Why a message of ours cannot be signed, as a refusal.</summary>
internal static class SigningErrors
{
    /// <summary>What forbids signing now, before anything is prepared.</summary>
    public static ExchangeError? Unable(SigningKey key, TimestampService timestamps, DateTimeOffset now)
    {
        if (now < key.Certificate.NotBefore || now > key.Certificate.NotAfter)
        {
            return new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable)
            {
                Path = $"Keys:{key.Name}",
                Expected = RefusalPhrases.Of("certificate_that_is_valid_now"),
                Found = RefusalPhrases.Of("one_valid_from_to", key.Certificate.NotBefore, key.Certificate.NotAfter),
            };
        }

        if (key.IsRevoked)
        {
            return new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable)
            {
                Path = $"Keys:{key.Name}",
                Expected = RefusalPhrases.Of("certificate_that_is_not_revoked"),
                Found = RefusalPhrases.Of("its_authority_says_that_one_with_serial", key.Certificate.SerialNumber),
            };
        }

        return timestamps.IsOverdue
            ? new ExchangeError(ExchangeStage.Sign, ExchangeCodes.TimestampOverdue)
            {
                Path = "Trust:Timestamps",
                Expected = RefusalPhrases.Of("time_stamp_within_trust_timestamps"),
                Found = timestamps.LastGood is { } last ? RefusalPhrases.Of("last_one_of_z", last) : RefusalPhrases.Of("none_since_start"),
            }
            : null;
    }

    /// <summary>The key's token did not sign.</summary>
    public static ExchangeError From(SigningKey key, SigningUnavailableException unavailable) =>
        new(ExchangeStage.Sign, unavailable.Code) { Path = $"Keys:{key.Name}", Expected = RefusalPhrases.Of("signature_of_token"), Found = unavailable.Found };

    /// <summary>The message itself cannot be signed.</summary>
    public static ExchangeError Failed(string expected, string found) =>
        new(ExchangeStage.Sign, ExchangeCodes.SigningFailed) { Path = "message", Expected = expected, Found = found };
}
