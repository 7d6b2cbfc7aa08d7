namespace Tunduk.Evidence.Soap;

/// <summary>A signed message.</summary>
/// <param name="Envelope">The bytes to send.</param>
/// <param name="SignatureValue">The decoded SignatureValue: what the answer must confirm.</param>
/// <param name="Exchange">What the message's Exchange block says.</param>
public sealed record SignedSoapMessage(byte[] Envelope, byte[] SignatureValue, SoapExchange Exchange);
