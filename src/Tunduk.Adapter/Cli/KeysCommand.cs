using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys new|csr|show</c>.</summary>
internal static class KeysCommand
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Create() => new("keys", "Make IS signing keys and certificate requests, and show the configured ones.") { New(), Csr(), Show() };

    private static Command New()
    {
        var output = new Argument<string>("file") { Description = "File for the private key (PEM, PKCS#8); it must not exist." };
        var kind = new Option<string>("--kind") { Description = "rsa-2048, rsa-3072, rsa-4096, p-256 or p-384.", DefaultValueFactory = _ => "rsa-2048" };
        var command = new Command("new", "Make a private key, readable by you alone.") { output, kind };
        command.SetAction(parsed =>
        {
            var file = parsed.GetValue(output)!;
            if (File.Exists(file))
            {
                return Output.Wrong($"{file} exists: a key is never overwritten");
            }

            using var key = Make(parsed.GetValue(kind)!);
            if (key is null)
            {
                return Output.Wrong("--kind is rsa-2048, rsa-3072, rsa-4096, p-256 or p-384");
            }

            using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
            stream.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            stream.Flush(flushToDisk: true);
            Output.Line($"{file}: {parsed.GetValue(kind)}, readable by you alone. Next: keys csr {file} --member-code CODE --organisation NAME --name NAME");
            return Output.Ok;
        });
        return command;
    }

    private static Command Csr()
    {
        var input = new Argument<string>("file") { Description = "Private key file (PEM)." };
        var country = new Option<string>("--country") { DefaultValueFactory = _ => "KG", Description = "Country, C." };
        var organisation = new Option<string>("--organisation") { Required = true, Description = "Organisation, O; ASCII." };
        var memberCode = new Option<string>("--member-code") { Required = true, Description = "Member code, serialNumber." };
        var name = new Option<string>("--name") { Required = true, Description = "Name of the information system, CN; ASCII." };
        var command = new Command("csr", "Print a certificate request (PKCS#10) for the certification authority.") { input, country, organisation, memberCode, name };
        command.SetAction(parsed =>
        {
            var file = parsed.GetValue(input)!;
            if (!File.Exists(file))
            {
                return Output.Wrong($"there is no file {file}");
            }

            var parts = new[] { parsed.GetValue(country)!, parsed.GetValue(organisation)!, parsed.GetValue(memberCode)!, parsed.GetValue(name)! };
            if (Array.Exists(parts, part => part.Length == 0 || !part.All(c => c is >= ' ' and <= '~')))
            {
                return Output.Wrong("the authority takes names in ASCII only: Cyrillic leads to a rejected certificate");
            }

            var subject = new X500DistinguishedNameBuilder();
            subject.AddCountryOrRegion(parts[0]);
            subject.AddOrganizationName(parts[1]);
            subject.Add("2.5.4.5", parts[2], System.Formats.Asn1.UniversalTagNumber.PrintableString);
            subject.AddCommonName(parts[3]);
            var pem = File.ReadAllText(file);
            if (Request(pem, subject.Build()) is not { } request)
            {
                return Output.Wrong($"{file} holds no unencrypted private key of RSA, P-256 or P-384 in PEM");
            }

            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, critical: true));
            Output.Line(request.CreateSigningRequestPem());
            return Output.Ok;
        });
        return command;
    }

    private static Command Show()
    {
        var config = Commands.ConfigOption();
        var json = Commands.JsonOption();
        var command = new Command("show", "Show the configured signing keys: certificate, validity, days left, and what is wrong with one.") { config, json };
        command.SetAction(parsed =>
        {
            var faults = new List<SettingFault>(AdapterConfiguration.Load(parsed.GetValue(config)!, out var configuration));
            using var keys = configuration is null ? null : SigningKeys.Load(configuration.Options, configuration.Resolve, faults);
            var now = TimeProvider.System.GetUtcNow();
            var shown = (keys?.All ?? []).Select(key => new
            {
                key.Name,
                subject = key.Certificate.Subject,
                issuer = key.Certificate.Issuer,
                serial = key.Certificate.SerialNumber,
                sha256 = Convert.ToHexStringLower(key.CertificateSha256.Span),
                algorithm = key.Algorithm.ToString(),
                validFrom = key.Certificate.NotBefore.ToUniversalTime(),
                validUntil = key.Certificate.NotAfter.ToUniversalTime(),
                daysLeft = (int)Math.Floor((key.Certificate.NotAfter - now).TotalDays),
            }).ToList();
            if (parsed.GetValue(json))
            {
                Output.Json(new { keys = shown, faults = faults.Select(fault => fault.ToString()) });
            }
            else
            {
                foreach (var key in shown)
                {
                    Output.Line($"{key.Name}: {key.subject}, {key.algorithm}, sha256 {key.sha256}, valid {key.validFrom:yyyy-MM-dd} to {key.validUntil:yyyy-MM-dd} ({key.daysLeft} days left)");
                }

                faults.ForEach(fault => Output.Line($"FAULT {fault}"));
            }

            return faults.Count == 0 && shown.TrueForAll(key => key.daysLeft >= 0) ? Output.Ok : Output.NotOk;
        });
        return command;
    }

    private static AsymmetricAlgorithm? Make(string kind) => kind.ToLowerInvariant() switch
    {
        "rsa-2048" => RSA.Create(2048),
        "rsa-3072" => RSA.Create(3072),
        "rsa-4096" => RSA.Create(4096),
        "p-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "p-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        _ => null,
    };

    private static CertificateRequest? Request(string pem, X500DistinguishedName subject)
    {
        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Not RSA: an elliptic curve is tried next.
        }

        try
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return new CertificateRequest(subject, ec, ec.KeySize == 384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
