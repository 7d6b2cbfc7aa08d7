using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunduk.Adapter.Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Keys;

// Over 300 lines: every kind of key file and what is said of it.

/// <summary>What is wrong with a file that somebody named as key or certificate, to the word; and the odd files that are none the worse for it.</summary>
public sealed class KeyFileWordsTests : IClassFixture<KeyFiles>, IDisposable
{
    private const string Password = "let me in";

    /// <summary>Certificate, key (- for none), password (- for none), and the words; <c>F/</c> stands for the folder.</summary>
    private static readonly Dictionary<string, (string Certificate, string Key, string Password, string Words)> Wrong = new(StringComparer.Ordinal)
    {
        ["certificate alone"] = ("rsa.crt", "-", "-", "key_file_kind: F/rsa.crt holds a certificate and no private key. Name the private key's file as Key (keys show: --key)."),
        ["certificate alone in DER"] = ("rsa.crt.der", "-", "-", "key_file_kind: F/rsa.crt.der holds a certificate and no private key. Name the private key's file as Key (keys show: --key)."),
        ["key alone"] = ("rsa.key", "-", "-", "key_file_kind: F/rsa.key holds a private key and no certificate. Name the certificate as Certificate and this file as Key. Without a certificate yet, ask for one: keys csr F/rsa.key"),
        ["key in place of the certificate"] = ("p256.key", "rsa.key", "-", "key_file_kind: F/p256.key holds a private key and no certificate. Name the certificate as Certificate and this file as Key. Without a certificate yet, ask for one: keys csr F/p256.key"),
        ["certificate and key swapped"] = ("rsa.key", "rsa.crt", "-", "key_file_kind: Certificate and Key are swapped: F/rsa.key holds the private key, F/rsa.crt the certificate. Name them the other way round."),
        ["certificate and key swapped, in DER"] = ("rsa.key.der", "rsa.crt.der", "-", "key_file_kind: Certificate and Key are swapped: F/rsa.key.der holds the private key, F/rsa.crt.der the certificate. Name them the other way round."),
        ["certificate twice"] = ("rsa.crt", "rsa.crt", "-", "key_file_kind: F/rsa.crt holds a certificate and no private key. Name it as Certificate, and the private key's file as Key."),
        ["key of another certificate"] = ("rsa.crt", "p256.key", "-", "key_key_pair: the key F/p256.key is not that of the certificate F/rsa.crt. Compare: openssl x509 -in F/rsa.crt -noout -pubkey and openssl pkey -in KEY -pubout must print the same."),
        ["request in place of the certificate"] = ("rsa.csr", "rsa.key", "-", "key_file_kind: F/rsa.csr holds a certificate request and no certificate. Send it to the authority, and name the certificate that comes back."),
        ["request in DER"] = ("rsa.csr.der", "rsa.key", "-", "key_file_kind: F/rsa.csr.der holds a certificate request and no certificate. Send it to the authority, and name the certificate that comes back."),
        ["request in place of the key"] = ("rsa.crt", "rsa.csr", "-", "key_file_kind: F/rsa.csr holds a certificate request and no private key. Name the key that the request was made with."),
        ["public key in place of the key"] = ("rsa.crt", "rsa.pub", "-", "key_file_kind: F/rsa.pub holds the public half of a key. Name the file with the PRIVATE KEY."),
        ["public key in place of the certificate"] = ("rsa.pub", "rsa.key", "-", "key_file_kind: F/rsa.pub holds a public key and no certificate. Give the certificate in PEM or DER."),
        ["PKCS#7 in place of the certificate"] = ("rsa.p7b", "rsa.key", "-", "key_file_kind: F/rsa.p7b is a PKCS#7 bundle of certificates. Convert it and name the new file: openssl pkcs7 -in F/rsa.p7b -print_certs -out NEW.pem (with -inform DER where it is not text)"),
        ["PKCS#7 in DER"] = ("rsa.p7b.der", "-", "-", "key_file_kind: F/rsa.p7b.der is a PKCS#7 bundle of certificates. Convert it and name the new file: openssl pkcs7 -in F/rsa.p7b.der -print_certs -out NEW.pem (with -inform DER where it is not text)"),
        ["PKCS#12 in place of the key"] = ("rsa.crt", "rsa.p12", Password, "key_file_kind: F/rsa.p12 is a PKCS#12 file. Name it as Certificate and leave Key out: it holds both."),
        ["PKCS#12 with a key beside it"] = ("rsa.p12", "rsa.key", Password, "key_file_kind: F/rsa.p12 is a PKCS#12 file. Name it as Certificate and leave Key out: it holds both."),
        ["PKCS#12 without a key"] = ("nokey.p12", "-", Password, "key_pkcs12_keys: F/nokey.p12 holds no certificate with its private key. Export it again with its private key."),
        ["PKCS#12 without its password"] = ("rsa.p12", "-", "-", "key_password_missing: F/rsa.p12 has a password and none is configured. Name PasswordFile or PasswordVariable."),
        ["PKCS#12 with another password"] = ("rsa.p12", "-", "other", "key_password_wrong: the password of F/rsa.p12 is wrong. Try it: openssl pkcs12 -in F/rsa.p12 -noout -info"),
        ["encrypted key without its password"] = ("rsa.crt", "encrypted.key", "-", "key_password_missing: the key in F/encrypted.key is encrypted and no password is configured. Name PasswordFile or PasswordVariable."),
        ["encrypted key in DER without its password"] = ("rsa.crt", "encrypted.key.der", "-", "key_password_missing: the key in F/encrypted.key.der is encrypted and no password is configured. Name PasswordFile or PasswordVariable."),
        ["encrypted key with another password"] = ("rsa.crt", "encrypted.key", "other", "key_password_wrong: the password of F/encrypted.key is wrong, or the key is neither RSA nor EC. Try it: openssl pkey -in F/encrypted.key -noout"),
        ["encrypted in the old way"] = ("rsa.crt", "old.key", Password, "key_file_kind: F/old.key is encrypted in the old way of PEM. Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in F/old.key -out NEW"),
        ["Ed25519"] = ("rsa.crt", "ed25519.key", "-", "key_key_family: the key in F/ed25519.key is of the family 1.3.101.112. Give a key of RSA, P-256 or P-384."),
        ["folder as key"] = ("rsa.crt", "folder", "-", "key_file_kind: F/folder is a folder. Name the file in it."),
        ["folder as certificate"] = ("folder", "rsa.key", "-", "key_file_kind: F/folder is a folder. Name the file in it."),
        ["folder alone"] = ("folder", "-", "-", "key_file_kind: F/folder is a folder. Name the file in it."),
        ["no such key"] = ("rsa.crt", "nothing", "-", "key_file_missing: there is no file F/nothing. Check the path; a relative one counts from the configuration file's folder."),
        ["no such certificate"] = ("nothing", "rsa.key", "-", "key_file_missing: there is no file F/nothing. Check the path; a relative one counts from the configuration file's folder."),
        ["empty key"] = ("rsa.crt", "empty", "-", "key_file_size: F/empty is empty, or no regular file. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["empty certificate"] = ("empty", "rsa.key", "-", "key_file_size: F/empty is empty, or no regular file. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["huge key"] = ("rsa.crt", "huge", "-", "key_file_size: F/huge has 1048577 bytes. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["huge certificate"] = ("huge", "rsa.key", "-", "key_file_size: F/huge has 1048577 bytes. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["pipe as key"] = ("rsa.crt", "pipe", "-", "key_file_size: F/pipe is empty, or no regular file. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["pipe as certificate"] = ("pipe", "rsa.key", "-", "key_file_size: F/pipe is empty, or no regular file. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["device as certificate"] = ("/dev/zero", "rsa.key", "-", "key_file_size: /dev/zero is empty, or no regular file. Give the file that holds the key or the certificate; it has some kilobytes."),
        ["two keys"] = ("rsa.crt", "two.key", "-", "key_file_kind: F/two.key holds 2 private keys. Give a PEM file with one PRIVATE KEY."),
        ["any bytes as key"] = ("rsa.crt", "bytes", "-", "key_file_kind: F/bytes holds no private key. Give the file with the PRIVATE KEY, in PEM or DER."),
        ["any bytes as certificate"] = ("bytes", "rsa.key", "-", "key_file_kind: F/bytes holds no certificate. Give the certificate in PEM or DER."),
        ["parts without contents"] = ("rsa.crt", "labels.key", "-", "key_damaged: F/labels.key is damaged: it begins a private key and does not end it. Try it: openssl pkey -in F/labels.key -noout"),
        ["some text as key"] = ("rsa.crt", "text", "-", "key_file_kind: F/text holds no private key. Give the file with the PRIVATE KEY, in PEM or DER."),
        ["some text as certificate"] = ("text", "rsa.key", "-", "key_file_kind: F/text holds no certificate. Give the certificate in PEM or DER."),
        ["some text alone"] = ("text", "-", "-", "key_file_kind: F/text is neither PKCS#12 nor PEM. Give a PKCS#12 file, or the certificate in PEM and its private key as Key."),
        ["key cut off"] = ("rsa.crt", "cut.key", "-", "key_damaged: F/cut.key is damaged: it begins a private key and does not end it. Try it: openssl pkey -in F/cut.key -noout"),
        ["key in UTF-16"] = ("rsa.crt", "utf16.key", "-", "key_file_kind: F/utf16.key is text in UTF-16. Convert it and name the new file: iconv -f UTF-16 -t UTF-8 F/utf16.key > NEW.pem"),
        ["certificate in UTF-16"] = ("utf16.crt", "rsa.key", "-", "key_file_kind: F/utf16.crt is text in UTF-16. Convert it and name the new file: iconv -f UTF-16 -t UTF-8 F/utf16.crt > NEW.pem"),
        ["key that others can read"] = ("rsa.crt", "open.key", "-", "key_file_readable_by_others: others than its owner can read or write F/open.key. chmod 600 F/open.key; consider whether the secret in it is still one."),
        ["key of OpenSSH"] = ("rsa.crt", "openssh.key", "-", "key_file_kind: F/openssh.key is a key of OpenSSH. Convert a copy: ssh-keygen -p -m PKCS8 -f F/openssh.key"),
    };

    /// <summary>Files that are read all the same.</summary>
    private static readonly Dictionary<string, (string Certificate, string Key, string Password)> Right = new(StringComparer.Ordinal)
    {
        ["byte order mark before key and certificate"] = ("bom.crt", "bom.key", "-"),
        ["line ends of Windows"] = ("crlf.crt", "crlf.key", "-"),
        ["encrypted, with line ends of Windows"] = ("crlf.crt", "crlf.encrypted.key", Password),
        ["certificate in DER"] = ("rsa.crt.der", "rsa.key", "-"),
        ["key in DER"] = ("rsa.crt", "rsa.key.der", "-"),
        ["key in DER as PKCS#1"] = ("rsa.crt", "rsa.pkcs1.der", "-"),
        ["key in DER as SEC 1"] = ("p256.crt", "p256.sec1.der", "-"),
        ["encrypted key in DER"] = ("rsa.crt", "encrypted.key.der", Password),
        ["chain with the certificate last"] = ("chain.crt", "rsa.key", "-"),
        ["words before the certificate"] = ("told.crt", "rsa.key", "-"),
        ["certificate that all can read"] = ("open.crt", "rsa.key", "-"),
    };

    private readonly KeyFiles files;
    private readonly TemporaryFolder folder = new();

    public KeyFileWordsTests(KeyFiles files) => this.files = files;

    public static TheoryData<string> WrongNames => [.. Wrong.Keys];

    public static TheoryData<string> RightNames => [.. Right.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(WrongNames))]
    public async Task TryRead_WrongFile_SaysItToTheWord(string name)
    {
        var (certificate, key, password, words) = Wrong[name];

        KeyPairFile.TryRead(await MakeAsync(certificate), key == "-" ? null : await MakeAsync(key), password == "-" ? null : password, out _, out var fault).ShouldBeFalse(name);

        Words(fault!).ShouldBe(words);
    }

    [Theory]
    [MemberData(nameof(RightNames))]
    public async Task TryRead_OddFile_IsRead(string name)
    {
        var (certificate, key, password) = Right[name];

        KeyPairFile.TryRead(await MakeAsync(certificate), await MakeAsync(key), password == "-" ? null : password, out var pair, out var fault).ShouldBeTrue($"{name}: {fault}");

        using (pair)
        {
            pair!.Certificate.Subject.ShouldBe(certificate.StartsWith('p') ? "CN=p-256" : "CN=rsa");
            pair.Certificate.HasPrivateKey.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Chain_CertificateLast_APeerIsSentTheOthers()
    {
        var chain = CertificateLoader.Chain(new CertificateFiles("C", await MakeAsync("chain.crt"), "K", await MakeAsync("rsa.key"), null), path => path);

        chain.Select(one => one.Subject).ShouldBe(["CN=p-256", "CN=p-384"]);
    }

    [Theory]
    [InlineData("", "the first line of F/password is empty")]
    [InlineData("\n\n", "the first line of F/password is empty")]
    [InlineData("\uFEFF", "the first line of F/password is empty")]
    public void TryReadLine_EmptyPasswordFile_SaysSo(string content, string problem)
    {
        SecretFile.TryReadLine(Write("password", Encoding.UTF8.GetBytes(content)), null, out _, out var fault).ShouldBeFalse();

        Words(fault!).ShouldBe($"key_password_missing: {problem}. Put the password or PIN into its first line, or leave the setting out where there is none.");
    }

    [Fact]
    public void TryReadLine_MarkAndLineEndOfWindows_AreNoPartOfThePassword()
    {
        SecretFile.TryReadLine(Write("password", "\uFEFFlet me in\r\nsecond line"u8.ToArray()), null, out var password, out _).ShouldBeTrue();

        password.ShouldBe(Password);
    }

    [Theory]
    [InlineData("weak.key", "key_key_weak: the key of F/weak.key is RSA of 1024 bits, and fewer than 2048 are too weak")]
    [InlineData("exponent.key", "key_key_weak: the key of F/exponent.key is RSA with a public exponent below 65537")]
    [InlineData("secp256k1.key", "key_key_weak: the key of F/secp256k1.key is on the curve secp256k1; signatures are made with P-256 and P-384")]
    [InlineData("p521.key", "key_key_weak: the key of F/p521.key is on the curve P-521; signatures are made with P-256 and P-384")]
    public async Task Load_KeyThatCountersignersRefuse_IsAFaultOfTheConfiguration(string key, string words)
    {
        var faults = new List<SettingFault>();
        var certificate = await MakeAsync(key.Replace(".key", ".crt", StringComparison.Ordinal));

        SigningKeyLoader.Load("is", new SigningKeyOptions { Certificate = certificate, Key = await MakeAsync(key) }, path => path, null, TimeProvider.System, faults).ShouldBeNull();

        faults.ShouldHaveSingleItem().Fault.Replace(folder.Path, "F", StringComparison.Ordinal).ShouldBe(words);
        faults[0].Remedy.ShouldBe("Make another one and let the authority certify it: keys new FILE --kind rsa-3072, p-256 or p-384, then keys csr FILE.");
    }

    [Theory]
    [InlineData("usage.crt", "key_certificate_usage: the certificate F/usage.crt is not for signatures (key usage)")]
    [InlineData("critical.crt", "key_certificate_extension: the certificate F/critical.crt has a critical extension that is not known")]
    public async Task Load_CertificateThatCounterpartiesRefuse_IsAFaultOfTheConfiguration(string certificate, string words)
    {
        var faults = new List<SettingFault>();

        SigningKeyLoader.Load("is", new SigningKeyOptions { Certificate = await MakeAsync(certificate), Key = await MakeAsync("rsa.key") }, path => path, null, TimeProvider.System, faults).ShouldBeNull();

        faults.ShouldHaveSingleItem().Fault.Replace(folder.Path, "F", StringComparison.Ordinal).ShouldBe(words);
        faults[0].Remedy.ShouldContain("counterparties refuse this one");
    }

    [Theory]
    [InlineData("rsa.crt", null, 0, "F/rsa.crt holds a certificate and no private key: keys show F/rsa.crt --key KEY tells whether a key belongs to it")]
    [InlineData("rsa.key", null, 0, "F/rsa.key holds a private key, RSA of 2048 bits, and no certificate: keys show CERTIFICATE --key F/rsa.key tells whether they belong together, keys csr F/rsa.key asks for one")]
    [InlineData("rsa.crt", "rsa.key", 0, "key: RSA of 2048 bits, it belongs to the certificate; 0 other certificates in the file")]
    [InlineData("weak.crt", "weak.key", 1, "FAULT key_key_weak: the key of F/weak.key is RSA of 1024 bits, and fewer than 2048 are too weak.")]
    [InlineData("weak.crt", null, 1, "FAULT key_key_weak: the key of F/weak.crt is RSA of 1024 bits, and fewer than 2048 are too weak.")]
    [InlineData("secp256k1.key", null, 1, "FAULT key_key_weak: the key of F/secp256k1.key is on the curve secp256k1; signatures are made with P-256 and P-384.")]
    [InlineData("usage.crt", "rsa.key", 1, "FAULT key_certificate_usage: the certificate F/usage.crt is not for signatures (key usage).")]
    [InlineData("ended.crt", "rsa.key", 1, "  WARNING signing certificate F/ended.crt (serial ")]
    [InlineData("usage.crt", null, 0, "F/usage.crt holds a certificate and no private key")]
    [InlineData("critical.crt", "rsa.key", 1, "FAULT key_certificate_extension: the certificate F/critical.crt has a critical extension that is not known.")]
    [InlineData("critical.crt", null, 1, "FAULT key_certificate_extension: the certificate F/critical.crt has a critical extension that is not known.")]
    [InlineData("sha1.crt", "rsa.key", 0, "  WARNING signing certificate F/sha1.crt: its authority signed it by sha1RSA, which is weak: counterparties that accept it by its authority refuse it")]
    [InlineData("sha1.crt", null, 0, "  WARNING certificate F/sha1.crt: its authority signed it by sha1RSA, which is weak: counterparties that accept it by its authority refuse it")]
    [InlineData("chain.crt", null, 0, "F/chain.crt holds 3 certificates and no private key: keys show F/chain.crt --key KEY tells whether a key belongs to one of them")]
    [InlineData("rsa.pub", null, 1, "FAULT key_file_kind: F/rsa.pub holds a public key and no certificate.")]
    [InlineData("rsa.p7b", null, 1, "FAULT key_file_kind: F/rsa.p7b is a PKCS#7 bundle of certificates.")]
    [InlineData("encrypted.key", null, 1, "FAULT key_password_missing: the key in F/encrypted.key is encrypted and no password is configured.")]
    [InlineData("pipe", null, 1, "FAULT key_file_size: F/pipe is empty, or no regular file.")]
    [InlineData("two.key", null, 1, "FAULT key_file_kind: F/two.key holds 2 private keys.")]
    [InlineData("rsa.crt", "p256.key", 1, "FAULT key_key_pair: the key F/p256.key is not that of the certificate F/rsa.crt.")]
    [InlineData("rsa.csr", null, 1, "FAULT key_file_kind: F/rsa.csr holds a certificate request and no certificate.")]
    public async Task KeysShow_File_SaysWhatItIsAndWhetherItMaySign(string file, string? key, int exit, string words)
    {
        string[] arguments = ["keys", "show", await MakeAsync(file), .. key is null ? [] : (string[])["--key", await MakeAsync(key)]];

        var (code, output) = await Tool.RunAsync("dotnet", [AdapterProcess.Program, .. arguments]);

        output = output.Replace(folder.Path, "F", StringComparison.Ordinal);
        output.Split('\n').ShouldContain(line => line.StartsWith(words, StringComparison.Ordinal), output);
        code.ShouldBe(exit, output);
        output.ShouldNotContain("BEGIN");
    }

    private string Words(KeyFault fault) => $"{fault.CodeName}: {fault.Problem}. {fault.Remedy}".Replace(folder.Path, "F", StringComparison.Ordinal);

    /// <summary>Makes the file of this name, private to its owner unless the name says otherwise.</summary>
    private async Task<string> MakeAsync(string name)
    {
        var (certificate, key) = files["rsa"];
        return name switch
        {
            "nothing" => folder[name],
            "folder" => Directory.CreateDirectory(folder[name]).FullName,
            "empty" => Write(name, []),
            "huge" => Write(name, new byte[(1024 * 1024) + 1]),
            "/dev/zero" => name,
            "pipe" => await PipeAsync(name),
            "two.key" => Write(name, [.. await File.ReadAllBytesAsync(key), (byte)'\n', .. await File.ReadAllBytesAsync(files["p-256"].Key)]),
            "bytes" => Write(name, [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 % 251))]),
            "labels.key" => Write(name, "-----BEGIN PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n"u8.ToArray()),
            "critical.crt" => await OpensslAsync(name, "req", "-x509", "-key", key, "-subj", "/CN=critical", "-days", "90", "-addext", "1.2.3.4.5=critical,ASN1:UTF8String:x"),
            "sha1.crt" => await OpensslAsync(name, "x509", "-req", "-in", await MakeAsync("rsa.csr"), "-CA", certificate, "-CAkey", key, "-sha1", "-days", "90"),
            "text" => Write(name, "hello"u8.ToArray()),
            "rsa.crt" or "open.crt" => Open(Write(name, await File.ReadAllBytesAsync(certificate))),
            "rsa.key" => Write(name, await File.ReadAllBytesAsync(key)),
            "open.key" => Open(Write(name, await File.ReadAllBytesAsync(key))),
            "p256.key" => Write(name, await File.ReadAllBytesAsync(files["p-256"].Key)),
            "p256.crt" => Write(name, await File.ReadAllBytesAsync(files["p-256"].Certificate)),
            "cut.key" => Write(name, (await File.ReadAllBytesAsync(key))[..400]),
            "bom.key" => Write(name, [0xEF, 0xBB, 0xBF, .. await File.ReadAllBytesAsync(key)]),
            "bom.crt" => Write(name, [0xEF, 0xBB, 0xBF, .. await File.ReadAllBytesAsync(certificate)]),
            "crlf.key" => Write(name, Crlf(await File.ReadAllTextAsync(key))),
            "crlf.crt" => Write(name, Crlf(await File.ReadAllTextAsync(certificate))),
            "crlf.encrypted.key" => Write(name, Crlf(await File.ReadAllTextAsync(await MakeAsync("encrypted.key")))),
            "utf16.key" => Write(name, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(await File.ReadAllTextAsync(key))]),
            "utf16.crt" => Write(name, [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(await File.ReadAllTextAsync(certificate))]),
            "chain.crt" => Write(name, [.. await File.ReadAllBytesAsync(files["p-256"].Certificate), .. await File.ReadAllBytesAsync(files["p-384"].Certificate), .. await File.ReadAllBytesAsync(certificate)]),
            "told.crt" => await OpensslAsync(name, "x509", "-in", certificate, "-text"),
            "rsa.crt.der" => Open(await OpensslAsync(name, "x509", "-in", certificate, "-outform", "DER")),
            "rsa.key.der" => await OpensslAsync(name, "pkcs8", "-topk8", "-nocrypt", "-in", key, "-outform", "DER"),
            "rsa.pkcs1.der" => await OpensslAsync(name, "rsa", "-traditional", "-in", key, "-outform", "DER"),
            "p256.sec1.der" => await OpensslAsync(name, "ec", "-in", files["p-256"].Key, "-outform", "DER"),
            "rsa.csr" => Open(await OpensslAsync(name, "req", "-new", "-key", key, "-subj", "/CN=x")),
            "rsa.csr.der" => await OpensslAsync(name, "req", "-new", "-key", key, "-subj", "/CN=x", "-outform", "DER"),
            "rsa.pub" => Open(await OpensslAsync(name, "pkey", "-in", key, "-pubout")),
            "rsa.p7b" => await OpensslAsync(name, "crl2pkcs7", "-nocrl", "-certfile", certificate),
            "rsa.p7b.der" => await OpensslAsync(name, "crl2pkcs7", "-nocrl", "-certfile", certificate, "-outform", "DER"),
            "rsa.p12" => await OpensslAsync(name, "pkcs12", "-export", "-inkey", key, "-in", certificate, "-passout", "pass:" + Password),
            "nokey.p12" => await OpensslAsync(name, "pkcs12", "-export", "-nokeys", "-in", certificate, "-passout", "pass:" + Password),
            "encrypted.key" => await OpensslAsync(name, "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:" + Password, "-in", key),
            "encrypted.key.der" => await OpensslAsync(name, "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:" + Password, "-in", key, "-outform", "DER"),
            "old.key" => await OpensslAsync(name, "rsa", "-traditional", "-aes128", "-passout", "pass:" + Password, "-in", key),
            "ed25519.key" => await OpensslAsync(name, "genpkey", "-algorithm", "ed25519"),
            "openssh.key" => Write(name, Encoding.ASCII.GetBytes(PemEncoding.WriteString("OPENSSH PRIVATE KEY", "openssh-key-v1"u8))),
            "weak.key" => await OpensslAsync(name, "genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:1024"),
            "exponent.key" => await OpensslAsync(name, "genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:3"),
            "secp256k1.key" => await OpensslAsync(name, "genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"),
            "p521.key" => await OpensslAsync(name, "genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"),
            "weak.crt" or "exponent.crt" or "secp256k1.crt" or "p521.crt" => await OpensslAsync(name, "req", "-x509", "-key", await OnceAsync(name.Replace(".crt", ".key", StringComparison.Ordinal)), "-subj", "/CN=weak", "-days", "90"),
            "usage.crt" => await OpensslAsync(name, "req", "-x509", "-key", key, "-subj", "/CN=usage", "-days", "90", "-addext", "keyUsage=critical,keyEncipherment"),
            "ended.crt" => Ended(name),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }

    /// <summary>A key that was made for its certificate already, or makes it.</summary>
    private async Task<string> OnceAsync(string name) => File.Exists(folder[name]) ? folder[name] : await MakeAsync(name);

    private string Ended(string name)
    {
        using var key = files.Rsa.GetRSAPrivateKey()!;
        var now = TimeProvider.System.GetUtcNow();
        using var ended = new CertificateRequest("CN=ended", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-10), now.AddDays(-1));
        return Write(name, Encoding.ASCII.GetBytes(ended.ExportCertificatePem()));
    }

    private async Task<string> OpensslAsync(string name, params string[] arguments)
    {
        if (!File.Exists(folder[name]))
        {
            var (code, output) = await Tool.RunAsync("openssl", [.. arguments, "-out", folder[name]]);
            code.ShouldBe(0, output);
            File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return folder[name];
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(folder[name], content);
        File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return folder[name];
    }

    private async Task<string> PipeAsync(string name)
    {
        var (code, output) = await Tool.RunAsync("mkfifo", ["-m", "600", folder[name]]);
        code.ShouldBe(0, output);
        return folder[name];
    }

    private static string Open(string file)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return file;
    }

    private static byte[] Crlf(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));
}
