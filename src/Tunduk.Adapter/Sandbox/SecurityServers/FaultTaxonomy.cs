using System.Globalization;
using System.Text;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>The fault codes of security servers in both spellings. Everywhere else in the simulation the current one is used.</summary>
internal static class FaultTaxonomy
{
    public const string Client = "client.";
    public const string ClientProxy = "server.clientproxy.";
    public const string ServerProxy = "server.serverproxy.";
    public const string ServiceFailed = "service_failed.";

    // Codes whose legacy spelling is not their words in capitals.
    private static readonly Dictionary<string, string> LegacyWords = new(StringComparer.Ordinal)
    {
        ["clientproxy"] = "ClientProxy",
        ["serverproxy"] = "ServerProxy",
        ["opmonitor"] = "OpMonitor",
        ["io_error"] = "IOError",
        ["global_conf_outdated"] = "OutdatedGlobalConf",
        ["hsm_non_operational"] = "HSMNonOperational",
        // Before 7.8 there was no code of its own for a name that does not resolve.
        ["unknown_host"] = "NetworkError",
    };

    /// <summary>Every code after its prefixes, current spelling.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        "io_error", "network_error", "internal_error", "bad_request", "not_found", "http_error", "unknown_host", "database_error",
        "invalid_request", "cannot_create_signature", "cert_validation", "incorrect_validation_info", "cannot_create_cert_path",
        "incorrect_certificate", "invalid_signature_value", "malformed_signature", "invalid_xml", "invalid_reference",
        "invalid_cert_path", "invalid_hash_chain", "malformed_hash_chain", "hashchain_unused_inputs", "invalid_hash_chain_ref",
        "ssl_authentication_failed", "logging_failed", "timestamping_failed", "invalid_content_type", "invalid_soap_action",
        "invalid_http_method", "invalid_message", "invalid_security_server", "mime_parsing_failed", "missing_header",
        "missing_header_field", "duplicate_header_field", "missing_body", "invalid_body", "inconsistent_headers",
        "inconsistent_response", "missing_soap", "invalid_soap", "missing_rest", "access_denied", "service_disabled",
        "missing_signature", "unknown_service", "invalid_protocol_version", "invalid_client_identifier", "service_type",
        "client_proxy_version_not_supported", "unknown_member", "malformed_server_conf", "malformed_global_conf",
        "global_conf_outdated", "service_missing_url", "service_malformed_url", "hsm_non_operational", "maintenance_mode",
        "key_not_found", "token_not_active", "token_not_initialized", "token_not_available", "token_not_found", "cert_not_found",
        "login_failed", "pin_incorrect", "timestamper_failed", "service_failed", "signature_verification.cert_validation",
        "signature_verification.invalid_signature_value", "asic_manifest_not_found",
    ];

    /// <summary>Codes that servers before 7.8 say and later ones have no more; there is no other spelling of them than the legacy one.</summary>
    public static IReadOnlyList<string> Removed { get; } =
    [
        "invalid_response", "malformed_soap", "invalid_rest", "timestamp_validation", "missing_validation_info", "unsupported_algorithm",
        "adapter_wsdl_not_found", "key_not_available",
    ];

    /// <summary>Every code that a server of the given age says.</summary>
    public static IReadOnlyList<string> Said(FaultSpelling spelling) => spelling == FaultSpelling.Legacy ? [.. Codes, .. Removed] : Codes;

    /// <summary>A code of the current spelling as a server of the given age writes it.</summary>
    public static string Spell(string code, FaultSpelling spelling) => spelling == FaultSpelling.Current
        ? code
        : string.Join('.', code.Split('.').Select(static word => LegacyWords.TryGetValue(word, out string? legacy) ? legacy : Pascal(word)));

    private static string Pascal(string word)
    {
        var text = new StringBuilder(word.Length);
        foreach (string part in word.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(char.ToUpper(part[0], CultureInfo.InvariantCulture)).Append(part, 1, part.Length - 1);
        }

        return text.ToString();
    }
}
