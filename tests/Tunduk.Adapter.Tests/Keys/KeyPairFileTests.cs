using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>Key files as OpenSSL makes them, of every age, and what is wrong with the others in words.</summary>
public sealed class KeyPairFileTests : IClassFixture<KeyFiles>, IDisposable
{
    private const string Password = "let me in";
    private readonly KeyFiles files;
    private readonly TemporaryFolder folder = new();

    public KeyPairFileTests(KeyFiles files) => this.files = files;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("aes")]
    [InlineData("3des", "-legacy", "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES")]
    [InlineData("rc2-40", "-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES")]
    [InlineData("rc2-40 for both", "-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-RC2-40")]
    [InlineData("no mac", "-nomac")]
    [InlineData("certificate in the clear", "-certpbe", "NONE", "-keypbe", "AES-256-CBC")]
    public async Task TryRead_Pkcs12_Read(string name, params string[] how)
    {
        var file = await Pkcs12Async(how);

        KeyPairFile.TryRead(file, null, Password, out var pair, out var fault).ShouldBeTrue($"{name}: {fault}");
        using (pair)
        {
            pair!.Certificate.HasPrivateKey.ShouldBeTrue();
            pair.Certificate.Thumbprint.ShouldBe(files.Rsa.Thumbprint);
        }
    }

    [Fact]
    public async Task TryRead_Pkcs12WithoutPassword_Read()
    {
        var file = await Pkcs12Async([], password: "");

        KeyPairFile.TryRead(file, null, null, out var pair, out var fault).ShouldBeTrue(fault?.ToString());
        pair!.Dispose();
    }

    [Fact]
    public async Task TryRead_Pkcs12WithRc4_RefusedWithTheCommandThatConvertsIt()
    {
        var file = await Pkcs12Async(["-legacy", "-certpbe", "PBE-SHA1-RC4-128", "-keypbe", "PBE-SHA1-RC4-128"]);

        var fault = Refused(file, null, Password, KeyFaultCode.Pkcs12Rc4);

        // The command cures it, by the letter.
        var command = fault.Remedy[fault.Remedy.IndexOf('(', StringComparison.Ordinal)..]
            .Replace("-nodes", $"-nodes -passin 'pass:{Password}'", StringComparison.Ordinal).Replace("-export", $"-export -passout 'pass:{Password}'", StringComparison.Ordinal)
            .Replace("OPEN.pem", folder["OPEN.pem"], StringComparison.Ordinal).Replace("NEW.p12", folder["NEW"], StringComparison.Ordinal);
        var (code, output) = await Tool.RunAsync("/bin/sh", "-c", command);
        code.ShouldBe(0, output);
        File.Exists(folder["OPEN.pem"]).ShouldBeFalse();
        KeyPairFile.TryRead(folder["NEW"], null, Password, out var pair, out _).ShouldBeTrue();
        pair!.Dispose();
    }

    [Fact]
    public async Task TryRead_Pkcs12Wrong_SaysWhatIsWrong()
    {
        var file = await Pkcs12Async([]);
        Refused(file, null, "other", KeyFaultCode.PasswordWrong);
        Refused(file, null, null, KeyFaultCode.PasswordMissing);
        Refused(await Pkcs12Async(["-nokeys"]), null, Password, KeyFaultCode.Pkcs12Keys);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(bytes.Length / 3, 200).Clear();
        Refused(Write("damaged.p12", bytes), null, Password, KeyFaultCode.Damaged, KeyFaultCode.PasswordWrong);
        Refused(Write("text.p12", "hello"u8.ToArray()), null, null, KeyFaultCode.FileKind);
        Refused(Write("empty.p12", []), null, null, KeyFaultCode.FileSize);
        Refused(file, file, Password, KeyFaultCode.Damaged, KeyFaultCode.FileKind);
    }

    [Theory]
    [InlineData("rsa")]
    [InlineData("p-256")]
    [InlineData("p-384")]
    public async Task TryRead_PemOfEachForm_Read(string kind)
    {
        var (certificate, key) = files[kind];
        await ReadsAsync(certificate, key, null);
        await ReadsAsync(certificate, await OpensslAsync("traditional.pem", kind == "rsa" ? ["rsa", "-traditional", "-in", key] : ["ec", "-in", key]), null);
        await ReadsAsync(certificate, await OpensslAsync("encrypted.pem", ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:" + Password, "-in", key]), Password);
        await ReadsAsync(certificate, await OpensslAsync("key.der", ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", key]), null);
        await ReadsAsync(Write("both.pem", [.. await File.ReadAllBytesAsync(certificate), .. await File.ReadAllBytesAsync(key)]), null, null);
    }

    [Fact]
    public async Task TryRead_PemWrong_SaysWhatIsWrong()
    {
        var (certificate, key) = files["rsa"];
        var encrypted = await OpensslAsync("encrypted.pem", ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:" + Password, "-in", key]);
        Refused(certificate, encrypted, "other", KeyFaultCode.PasswordWrong).Problem.ShouldNotContain("other");
        Refused(certificate, encrypted, null, KeyFaultCode.PasswordMissing);
        Refused(certificate, files["p-256"].Key, null, KeyFaultCode.KeyPair);
        Refused(key, Private(certificate), null, KeyFaultCode.FileKind).Problem.ShouldContain("swapped");
        Refused(certificate, await OpensslAsync("public.pem", ["pkey", "-in", key, "-pubout"]), null, KeyFaultCode.FileKind).Problem.ShouldContain("public half");
        Refused(certificate, await OpensslAsync("request.pem", ["req", "-new", "-key", key, "-subj", "/CN=x"]), null, KeyFaultCode.FileKind).Problem.ShouldContain("request");
        Refused(certificate, await OpensslAsync("old.pem", ["rsa", "-traditional", "-aes128", "-passout", "pass:" + Password, "-in", key]), Password, KeyFaultCode.FileKind).Remedy.ShouldContain("openssl pkcs8 -topk8");
        Refused(certificate, await OpensslAsync("ed25519.pem", ["genpkey", "-algorithm", "ed25519"]), null, KeyFaultCode.KeyFamily);
        Refused(folder["nothing.pem"], key, null, KeyFaultCode.FileMissing);
        Refused(certificate, folder["nothing.pem"], null, KeyFaultCode.FileMissing);
        var text = await File.ReadAllTextAsync(key);
        Refused(certificate, Write("damaged.pem", System.Text.Encoding.ASCII.GetBytes(text.Remove(200, 60))), null, KeyFaultCode.Damaged, KeyFaultCode.FileKind);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task TryRead_OthersCanReadOrWriteTheKey_Refused(UnixFileMode mode)
    {
        var (certificate, key) = files["rsa"];
        var open = Write("open.pem", await File.ReadAllBytesAsync(key));
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | mode);

        Refused(certificate, open, null, KeyFaultCode.FileReadableByOthers).Remedy.ShouldContain("chmod 600 " + open);
    }

    private static KeyFault Refused(string certificate, string? key, string? password, params KeyFaultCode[] codes)
    {
        KeyPairFile.TryRead(certificate, key, password, out _, out var fault).ShouldBeFalse();
        codes.ShouldContain(fault!.Code, fault.ToString());
        fault.Remedy.ShouldNotBeNullOrWhiteSpace();
        fault.ToString().ShouldNotContain(Password);
        return fault;
    }

    private static Task ReadsAsync(string certificate, string? key, string? password)
    {
        KeyPairFile.TryRead(certificate, key, password, out var pair, out var fault).ShouldBeTrue(fault?.ToString());
        pair!.Certificate.HasPrivateKey.ShouldBeTrue();
        pair.Dispose();
        return Task.CompletedTask;
    }

    private Task<string> Pkcs12Async(string[] how, string password = Password) => OpensslAsync(
        $"{Guid.NewGuid():N}.p12",
        ["pkcs12", "-export", "-inkey", files["rsa"].Key, "-in", files["rsa"].Certificate, "-passout", "pass:" + password, .. how]);

    private async Task<string> OpensslAsync(string name, string[] arguments)
    {
        var file = folder[name];
        File.Delete(file);
        var (code, output) = await Tool.RunAsync("openssl", [.. arguments, "-out", file]);
        code.ShouldBe(0, output);
        return Private(file);
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(folder[name], content);
        return Private(folder[name]);
    }

    private static string Private(string file)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
