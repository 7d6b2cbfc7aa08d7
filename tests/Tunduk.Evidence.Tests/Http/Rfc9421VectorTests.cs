using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Xunit;

namespace Tunduk.Evidence.Tests.Http;

/// <summary>Appendix B of RFC 9421: every signature base to the byte; allowed algorithms verified with the appendix's keys.</summary>
public sealed class Rfc9421VectorTests
{
    private const string RequestDigest = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    private const string ResponseDigest = "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:";

    private const string PssKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
        +QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
        oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
        gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
        Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
        aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
        2wIDAQAB
        -----END PUBLIC KEY-----
        """;

    private const string EccKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
        w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END PUBLIC KEY-----
        """;

    private const string Ed25519Key = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
        -----END PUBLIC KEY-----
        """;

    private static readonly Dictionary<string, string> Request = new()
    {
        ["\"date\""] = "Tue, 20 Apr 2021 02:07:55 GMT",
        ["\"@method\""] = "POST",
        ["\"@path\""] = "/foo",
        ["\"@query\""] = "?param=Value&Pet=dog",
        ["\"@query-param\";name=\"Pet\""] = "dog",
        ["\"@authority\""] = "example.com",
        ["\"content-type\""] = "application/json",
        ["\"content-digest\""] = RequestDigest,
        ["\"content-length\""] = "18",
    };

    private static readonly Dictionary<string, string> Response = new()
    {
        ["\"@status\""] = "200",
        ["\"content-type\""] = "application/json",
        ["\"content-digest\""] = ResponseDigest,
        ["\"content-length\""] = "23",
    };

    [Theory]
    [InlineData("sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"", "pss", "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==")]
    [InlineData("sig-b22=(\"@authority\" \"content-digest\" \"@query-param\";name=\"Pet\");created=1618884473;keyid=\"test-key-rsa-pss\";tag=\"header-example\"", "pss", "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==")]
    [InlineData("sig-b23=(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"", "pss", "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==")]
    [InlineData("sig-b24=(\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"", "ecc", "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==")]
    [InlineData("sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"", "hmac", "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=")]
    [InlineData("sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"", "ed25519", "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")]
    public void SignatureBase_AppendixB2_ToTheByte(string input, string key, string signature)
    {
        (string[] names, string parameters) = Split(input);
        Dictionary<string, string> message = key == "ecc" ? Response : Request;
        string expected = string.Concat(names.Select(name => $"{name}: {message[name]}\n")) + "\"@signature-params\": " + parameters;
        byte[] text = Build(input, message);
        Encoding.ASCII.GetString(text).ShouldBe(expected);
        Verifies(key, text, Convert.FromBase64String(signature)).ShouldBeTrue();

        // The judge can say no.
        Verifies(key, [.. text, (byte)' '], Convert.FromBase64String(signature)).ShouldBeFalse();
    }

    /// <summary>Appendix B.4: what intermediaries may do to a message leaves its base as it was, and what they may not changes it.</summary>
    [Theory]
    [InlineData("GET", "/demo", "application/json, */*", true)]
    [InlineData("POST", "/demo", "application/json, */*", false)]
    [InlineData("GET", "/demo", "*/*, application/json", false)]
    [InlineData("GET", "/demo/", "application/json, */*", false)]
    public void SignatureBase_AppendixB4Transformations_VerifiesWhereTheMessageIsTheSame(string method, string path, string accept, bool isSame)
    {
        byte[] text = Build(
            "transform=(\"@method\" \"@path\" \"@authority\" \"accept\");created=1618884473;keyid=\"test-key-ed25519\"",
            new() { ["\"@method\""] = method, ["\"@path\""] = path, ["\"@authority\""] = "example.org", ["\"accept\""] = accept });

        Verifies("ed25519", text, Convert.FromBase64String("ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==")).ShouldBe(isSame);
    }

    [Fact]
    public void SignatureBase_AppendixB3Proxy_Verifies()
    {
        const string Certificate = ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";
        byte[] text = Build(
            "ttrp=(\"@path\" \"@query\" \"@method\" \"@authority\" \"client-cert\");created=1618884473;keyid=\"test-key-ecc-p256\"",
            new Dictionary<string, string>(Request) { ["\"@authority\""] = "service.internal.example", ["\"client-cert\""] = Certificate });
        Verifies("ecc", text, Convert.FromBase64String("xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==")).ShouldBe(true);
    }

    [Fact]
    public void SignatureBase_ComponentTwiceOrMissingOrLineBreak_Refused()
    {
        TryBuild("a=(\"date\" \"date\")", Request).ShouldBeFalse();
        TryBuild("a=(\"date\";req;a \"date\";a;req)", Request).ShouldBeFalse();
        TryBuild("a=(\"x-none\")", Request).ShouldBeFalse();
        TryBuild("a=(date)", Request).ShouldBeFalse();
        TryBuild("a=1", Request).ShouldBeFalse();
        TryBuild("a=(\"x\")", new() { ["\"x\""] = "1\n\"@method\": GET" }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{\"hello\": \"world\"}\n", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")]
    [InlineData("", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")]
    public void ContentDigest_Rfc9530AppendixB_Written(string content, string field)
    {
        byte[] body = Encoding.UTF8.GetBytes(content);
        ContentDigest.Write(body).ShouldBe(field);
        ContentDigest.Verify(field + ", unknown=:AAAA:", body).ShouldBe(ContentDigestVerdict.Matches);
        ContentDigest.Verify(RequestDigest, "{\"hello\": \"world\"}"u8.ToArray()).ShouldBe(ContentDigestVerdict.Matches);
        HttpBody streamed = HttpBody.OfDigests(body.Length, SHA256.HashData(body), SHA512.HashData(body));
        ContentDigest.Verify(ContentDigest.Write(body, true), streamed).ShouldBe(ContentDigestVerdict.Matches);
    }

    private static bool Verifies(string key, byte[] text, byte[] signature)
    {
        switch (key)
        {
            case "pss":
                using (var rsa = RSA.Create())
                {
                    rsa.ImportFromPem(PssKey);
                    return SignatureAlgorithms.VerifyHash(SignatureAlgorithm.RsaPssSha512, rsa, SHA512.HashData(text), signature);
                }

            case "ecc":
                using (var ec = ECDsa.Create())
                {
                    ec.ImportFromPem(EccKey);
                    return SignatureAlgorithms.VerifyHash(SignatureAlgorithm.EcdsaP256Sha256, ec, SHA256.HashData(text), signature);
                }

            case "hmac":
                return HMACSHA256.HashData(
                    Convert.FromBase64String("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="), text)
                    .AsSpan().SequenceEqual(signature);
            default:
                return OpensslVerifies(text, signature);
        }
    }

    /// <summary>Ed25519 is not the framework's: openssl judges the base.</summary>
    private static bool OpensslVerifies(byte[] text, byte[] signature)
    {
        string folder = Directory.CreateTempSubdirectory("tunduk-rfc9421-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "key"), Ed25519Key);
            File.WriteAllBytes(Path.Combine(folder, "text"), text);
            File.WriteAllBytes(Path.Combine(folder, "signature"), signature);
            var start = new ProcessStartInfo("openssl", ["pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "text", "-sigfile", "signature"])
            {
                UseShellExecute = false,
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Build(string input, Dictionary<string, string> message)
    {
        StructuredField.TryParseDictionary(input, out StructuredDictionary? members, out _).ShouldBeTrue();
        HttpSignatureBase.TryBuild(members![0].Value, item => message.GetValueOrDefault(item.ToString()), out byte[]? text, out string? refused)
            .ShouldBeTrue(refused);
        return text!;
    }

    private static bool TryBuild(string input, Dictionary<string, string> message)
    {
        StructuredField.TryParseDictionary(input, out StructuredDictionary? members, out _).ShouldBeTrue();
        return HttpSignatureBase.TryBuild(members![0].Value, item => message.GetValueOrDefault(item.ToString()), out _, out _);
    }

    private static (string[] Names, string Parameters) Split(string input)
    {
        string parameters = input[(input.IndexOf('=', StringComparison.Ordinal) + 1)..];
        string inside = parameters[1..parameters.IndexOf(')', StringComparison.Ordinal)];
        return (inside.Split(' ', StringSplitOptions.RemoveEmptyEntries), parameters);
    }
}
