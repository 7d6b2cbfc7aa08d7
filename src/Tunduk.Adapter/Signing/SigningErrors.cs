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
                Expected = "a certificate that is valid now",
                Found = $"one valid from {key.Certificate.NotBefore:yyyy-MM-dd} to {key.Certificate.NotAfter:yyyy-MM-dd}",
            };
        }

        if (key.IsRevoked)
        {
            return new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable)
            {
                Path = $"Keys:{key.Name}",
                Expected = "a certificate that is not revoked",
                Found = $"its authority says that the one with serial {key.Certificate.SerialNumber} is",
            };
        }

        return timestamps.IsOverdue
            ? new ExchangeError(ExchangeStage.Sign, ExchangeCodes.TimestampOverdue)
            {
                Path = "Trust:Timestamps",
                Expected = "a time-stamp within Trust:Timestamps:MaximumGap",
                Found = timestamps.LastGood is { } last ? $"the last one of {last:yyyy-MM-dd HH:mm:ss}Z" : "none since the start",
            }
            : null;
    }

    /// <summary>The key's token did not sign.</summary>
    public static ExchangeError From(SigningKey key, SigningUnavailableException unavailable) =>
        new(ExchangeStage.Sign, unavailable.Code) { Path = $"Keys:{key.Name}", Expected = "a signature of the token", Found = unavailable.Found };

    /// <summary>The message itself cannot be signed.</summary>
    public static ExchangeError Failed(string expected, string found) =>
        new(ExchangeStage.Sign, ExchangeCodes.SigningFailed) { Path = "message", Expected = expected, Found = found };
}
