using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Signing;

/// <summary>Whether a key's certificate is valid now: nobody signs by one that is not.</summary>
internal static class SigningKeyPeriod
{
    /// <summary>The refusal outside the certificate's period; null inside.</summary>
    public static ExchangeError? Refuse(SigningKey key, DateTimeOffset now) =>
        now >= key.Certificate.NotBefore && now <= key.Certificate.NotAfter
            ? null
            : new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable)
            {
                Path = $"Keys:{key.Name}",
                Expected = "a certificate that is valid now",
                Found = $"one valid from {key.Certificate.NotBefore:yyyy-MM-dd} to {key.Certificate.NotAfter:yyyy-MM-dd}",
            };
}
