namespace Tunduk.XRoad.Faults;

/// <summary>
/// A fault code, classified: who says it, what, and whether the provider may have done the work already. Both spellings and their
/// aliases give the same value.
/// </summary>
/// <param name="Origin">Who says it.</param>
/// <param name="Code">What, of the closed set.</param>
/// <param name="InSignatureVerification">The code stands under <c>signature_verification</c>.</param>
public readonly record struct XRoadFault(FaultOrigin Origin, XRoadFaultCode Code, bool InSignatureVerification = false)
{
    // LIMIT: an information system that writes a code with X-Road's prefix cannot be told from a security server; nothing in
    // the protocol marks the speaker. An unsigned fault is therefore never taken as data.

    /// <summary>
    /// Reads <c>faultcode</c>, the <c>type</c> of a REST error body or <c>X-Road-Error</c>. Never fails: what is not X-Road's is
    /// <see cref="XRoadFaultCode.Own"/>.
    /// </summary>
    public static XRoadFault Classify(string? text)
    {
        XRoadFault own = new(FaultOrigin.ProviderSystem, XRoadFaultCode.Own);

        // A QName prefix ("soap:Server") is a SOAP stack's: security servers write the code without one.
        if (string.IsNullOrWhiteSpace(text) || text.Length > 512 || text.Contains(':', StringComparison.Ordinal))
        {
            return own;
        }

        string[] parts = FaultNames.Fold(text.Trim()).Split('.');
        if (parts.Length < 2)
        {
            return own;
        }

        return (parts[0], parts[1]) switch
        {
            // "Client.Something" of an information system is not X-Road's: only the closed set makes it one.
            ("client", _) => Rest(FaultOrigin.ConsumerSystem, parts.AsSpan(1)) is { Code: not XRoadFaultCode.Unrecognised } known ? known : own,
            ("server", "clientproxy") => After(FaultOrigin.ConsumerSecurityServer, FaultOrigin.PeerSecurityServerAnswer, parts.AsSpan(2)),
            ("server", "serverproxy") => After(FaultOrigin.ProviderSecurityServer, FaultOrigin.ProviderSystemAnswer, parts.AsSpan(2)),
            ("signer", _) => Rest(FaultOrigin.Signer, parts.AsSpan(1)),
            ("server", "opmonitor") => Rest(FaultOrigin.OperationalMonitor, parts.AsSpan(2)),
            _ => own,
        };
    }

    /// <summary>
    /// False only where the order of a security server's steps (parse, TLS, rights, signature, log, call, log) rules out that the
    /// provider's system was called. A code that can come before and after the call counts as "may have".
    /// </summary>
    public bool MayHaveExecuted => Origin switch
    {
        FaultOrigin.ConsumerSystem => false,
        FaultOrigin.ConsumerSecurityServer => Code is not (
            XRoadFaultCode.UnknownMember or XRoadFaultCode.SslAuthenticationFailed or XRoadFaultCode.InvalidClientIdentifier
            or XRoadFaultCode.CannotCreateSignature or XRoadFaultCode.MaintenanceMode or XRoadFaultCode.UnknownHost
            or XRoadFaultCode.InvalidHttpMethod or XRoadFaultCode.InvalidContentType or XRoadFaultCode.InvalidSecurityServer
            or XRoadFaultCode.InvalidProtocolVersion or XRoadFaultCode.TimestampingFailed or XRoadFaultCode.BadRequest
            or XRoadFaultCode.MissingHeaderField or XRoadFaultCode.DuplicateHeaderField or XRoadFaultCode.AccessDenied
            or XRoadFaultCode.UnknownService or XRoadFaultCode.KeyNotFound or XRoadFaultCode.TokenNotActive
            or XRoadFaultCode.HsmNonOperational),
        FaultOrigin.ProviderSecurityServer => !InSignatureVerification && Code is not (
            XRoadFaultCode.UnknownMember or XRoadFaultCode.SslAuthenticationFailed or XRoadFaultCode.InvalidClientIdentifier
            or XRoadFaultCode.MaintenanceMode or XRoadFaultCode.InvalidHttpMethod or XRoadFaultCode.InvalidSecurityServer
            or XRoadFaultCode.InvalidProtocolVersion or XRoadFaultCode.AccessDenied or XRoadFaultCode.ServiceDisabled
            or XRoadFaultCode.UnknownService or XRoadFaultCode.ServiceType or XRoadFaultCode.ServiceMissingUrl
            or XRoadFaultCode.ServiceMalformedUrl or XRoadFaultCode.MissingSignature or XRoadFaultCode.MissingSoap
            or XRoadFaultCode.MissingRest or XRoadFaultCode.InvalidSignatureValue or XRoadFaultCode.MalformedSignature
            or XRoadFaultCode.MissingHeaderField or XRoadFaultCode.DuplicateHeaderField
            or XRoadFaultCode.ClientProxyVersionNotSupported),
        // A name that does not resolve and a TLS handshake that fails come before the first byte of the call.
        FaultOrigin.ProviderSystemAnswer => Code is not (XRoadFaultCode.UnknownHost or XRoadFaultCode.SslAuthenticationFailed
            or XRoadFaultCode.ServiceMissingUrl or XRoadFaultCode.ServiceMalformedUrl),
        FaultOrigin.OperationalMonitor => false,
        FaultOrigin.PeerSecurityServerAnswer or FaultOrigin.Signer or FaultOrigin.ProviderSystem => true,
        _ => true,
    };

    /// <summary>True when a security server speaks, of whichever side.</summary>
    public bool IsFromSecurityServer => Origin != FaultOrigin.ProviderSystem;

    /// <summary>The HTTP status a security server gives a REST error: 500 for <c>server.</c> codes, else 400.</summary>
    public int RestStatus => Origin == FaultOrigin.ConsumerSystem ? 400 : 500;

    /// <summary>The code as a security server would write it; <see cref="XRoadFaultCode.Own"/> has no spelling and gives <c>Server</c>.</summary>
    public string ToWire(FaultSpelling spelling)
    {
        if (Code == XRoadFaultCode.Own)
        {
            return "Server";
        }

        bool lower = spelling == FaultSpelling.LowerCase;
        string prefix = Origin switch
        {
            FaultOrigin.ConsumerSystem => lower ? "client." : "Client.",
            FaultOrigin.ConsumerSecurityServer => lower ? "server.clientproxy." : "Server.ClientProxy.",
            FaultOrigin.PeerSecurityServerAnswer => lower ? "server.clientproxy.service_failed." : "Server.ClientProxy.ServiceFailed.",
            FaultOrigin.ProviderSecurityServer => lower ? "server.serverproxy." : "Server.ServerProxy.",
            FaultOrigin.ProviderSystemAnswer => lower ? "server.serverproxy.service_failed." : "Server.ServerProxy.ServiceFailed.",
            FaultOrigin.OperationalMonitor => lower ? "server.serverproxy.opmonitor." : "Server.ServerProxy.OpMonitor.",
            FaultOrigin.Signer => lower ? "signer." : "Signer.",
            _ => string.Empty,
        };
        string verification = !InSignatureVerification ? string.Empty : lower ? "signature_verification." : "SignatureVerification.";
        return prefix + verification + FaultNames.Write(Code, spelling);
    }

    private static XRoadFault After(FaultOrigin plain, FaultOrigin serviceFailed, ReadOnlySpan<string> parts) =>
        parts.Length < 2 ? Rest(plain, parts) : parts[0] switch
        {
            "servicefailed" => Rest(serviceFailed, parts[1..]),
            "opmonitor" => Rest(FaultOrigin.OperationalMonitor, parts[1..]),
            _ => Rest(plain, parts),
        };

    private static XRoadFault Rest(FaultOrigin origin, ReadOnlySpan<string> parts)
    {
        if (parts.IsEmpty)
        {
            return new XRoadFault(origin, XRoadFaultCode.Unrecognised);
        }

        bool verification = parts.Length > 1 && parts[0] == "signatureverification";

        // Codes nest ("signature_verification.cert_validation.…"): the deepest known part says most.
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (FaultNames.TryFind(parts[i], out XRoadFaultCode code))
            {
                return new XRoadFault(origin, code, verification && code != XRoadFaultCode.SignatureVerification);
            }
        }

        return new XRoadFault(origin, XRoadFaultCode.Unrecognised, verification);
    }
}
