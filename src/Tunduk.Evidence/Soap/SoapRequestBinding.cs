namespace Tunduk.Evidence.Soap;

/// <summary>What ties a response to its request.</summary>
/// <param name="Sha512">
/// SHA-512 of the raw SOAP part of the request, 64 bytes: the value of X-Road's <c>requestHash</c>.
/// </param>
/// <param name="SignatureValue">The request's decoded SignatureValue; empty for a request without an embedded signature.</param>
public sealed record SoapRequestBinding(ReadOnlyMemory<byte> Sha512, ReadOnlyMemory<byte> SignatureValue);
