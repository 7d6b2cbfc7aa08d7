using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys csr</c>: a certificate request by the configured name template.</summary>
internal static class KeysCsrCommand
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["C"] = "2.5.4.6",
        ["O"] = "2.5.4.10",
        ["OU"] = "2.5.4.11",
        ["CN"] = "2.5.4.3",
        ["serialNumber"] = "2.5.4.5",
        ["L"] = "2.5.4.7",
        ["ST"] = "2.5.4.8",
        ["organizationIdentifier"] = "2.5.4.97",
    };

    public static Command Create()
    {
        var input = new Argument<string>("key") { Description = Phrases.Of("Cli.PrivateKeyFilePem") };
        var config = new Option<string?>("--config") { Description = Phrases.Of("Cli.ConfigurationFileCertificateRequests") };
        var organisation = new Option<string?>("--organisation") { Description = Phrases.Of("Cli.OrganisationNameAsciiDefault") };
        var memberCode = new Option<string>("--member-code") { Required = true, Description = Phrases.Of("Cli.MemberCode") };
        var name = new Option<string>("--name") { Required = true, Description = Phrases.Of("Cli.NameInformationSystemAscii") };
        var (module, file, variable) = (KeysCommand.ModuleOption(), KeysCommand.PasswordFileOption(), KeysCommand.PasswordVariableOption());
        var command = new Command("csr", Phrases.Of("Cli.PrintCertificateRequestPkcs")) { input, config, organisation, memberCode, name, module, file, variable };
        command.SetAction(parsed =>
        {
            var naming = new CertificateRequestOptions();
            if (parsed.GetValue(config) is { } path)
            {
                var faults = AdapterConfiguration.Load(path, out var configuration);
                if (configuration is null)
                {
                    return Output.Wrong(faults[0].ToString());
                }

                naming = configuration.Options.CertificateRequests;
            }

            if (!TryName(naming.Subject, parsed.GetValue(organisation) ?? naming.Organisation, parsed.GetValue(memberCode)!, parsed.GetValue(name)!, out var subject, out var wrong))
            {
                return Output.Wrong(wrong);
            }

            if (!SecretFile.TryReadLine(parsed.GetValue(file), parsed.GetValue(variable), out var password, out var fault)
                || !TryOpen(parsed.GetValue(input)!, parsed.GetValue(module), password, out var key, out fault))
            {
                return KeysCommand.NotOk(fault);
            }

            using (key)
            {
                if (KeyStrength.Check(parsed.GetValue(input)!, key) is { } weak)
                {
                    return KeysCommand.NotOk(weak);
                }

                var request = key is RSA rsa
                    ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                    : new CertificateRequest(subject, (ECDsa)key, key.KeySize == 384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);
                request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, critical: true));
                Output.Line(request.CreateSigningRequestPem());
                return Output.Ok;
            }
        });
        return command;
    }

    private static bool TryOpen(string key, string? module, string? password, [NotNullWhen(true)] out AsymmetricAlgorithm? opened, [NotNullWhen(false)] out KeyFault? fault)
    {
        opened = null;
        if (TokenUri.IsOne(key))
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Cli.TokensSupportedLinuxOnly"), Phrases.Of("Cli.RunLinux"));
            return OperatingSystem.IsLinux() && TokenUri.TryParse(key, out var uri, out fault) && TokenSession.TryOpen(uri, module ?? "", password, TokenSession.OpenLimit, TimeProvider.System, out opened, out fault);
        }

        if (!SecretFile.TryRead(key, out var content, out fault))
        {
            return false;
        }

        try
        {
            return PrivateKeyFile.TryRead(key, content, password, out opened, out fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>The subject by the template: parts in its order, values filled in whole, so that no value can add a part.</summary>
    private static bool TryName(string template, string? organisation, string memberCode, string name, [NotNullWhen(true)] out X500DistinguishedName? subject, [NotNullWhen(false)] out string? wrong)
    {
        subject = null;
        var builder = new X500DistinguishedNameBuilder();

        // The builder writes what is added last first.
        foreach (var part in template.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            if (part.Split('=', 2) is not [var type, var pattern] || !Types.TryGetValue(type, out var oid))
            {
                wrong = Phrases.Of("Cli.CertificateRequestsSubjectPartKnown", part, string.Join(", ", Types.Keys));
                return false;
            }

            if (pattern.Contains("{organisation}", StringComparison.Ordinal) && string.IsNullOrEmpty(organisation))
            {
                wrong = Phrases.Of("Cli.OrganisationNameMissingGive");
                return false;
            }

            var value = pattern.Replace("{organisation}", organisation, StringComparison.Ordinal).Replace("{memberCode}", memberCode, StringComparison.Ordinal).Replace("{name}", name, StringComparison.Ordinal);
            if (value.Length is 0 or > 64 || !value.All(c => c is >= ' ' and <= '~'))
            {
                wrong = Phrases.Of("Cli.Not164Characters", type);
                return false;
            }

            if (type.Equals("C", StringComparison.OrdinalIgnoreCase))
            {
                if (value.Length != 2)
                {
                    wrong = Phrases.Of("Cli.CCountryCodeTwo");
                    return false;
                }

                builder.AddCountryOrRegion(value);
            }
            else
            {
                builder.Add(oid, value, type.Equals("serialNumber", StringComparison.OrdinalIgnoreCase) ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String);
            }
        }

        subject = builder.Build();
        wrong = null;
        return true;
    }
}
