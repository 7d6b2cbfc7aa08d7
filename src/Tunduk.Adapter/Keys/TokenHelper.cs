using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Tunduk.Adapter.Keys;

/// <summary>
/// The helper process for one token, started by <see cref="TokenProcess"/> alone: it opens one key and does with it what comes
/// through its input, one question after another. It ends with whoever started it.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class TokenHelper
{
    /// <summary>The command; not one for people.</summary>
    public const string Command = "token-helper";

    /// <summary>Answers questions until the input ends; does not return.</summary>
    public static void Run()
    {
        // A signal to the whole group (SIGTERM of a service manager, Ctrl+C) is the adapter's to act on: it signs until it has drained.
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stay);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stay);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stay);
        using var output = TakeOutput();
        using var input = Console.OpenStandardInput();
        using var questions = new BlockingCollection<(TokenCall Call, byte[] Content)>(boundedCapacity: 1);
        new Thread(() => Answer(questions, output)) { IsBackground = true, Name = "token" }.Start();
        while (TokenFrames.TryRead(input, out var call, out var content))
        {
            questions.Add((call, content));
        }

        // The adapter is gone. A library that hangs in the middle of something, or at its own end, is not waited for.
        Exit(0);
    }

    private static void Stay(PosixSignalContext signal) => signal.Cancel = true;

    private static void Answer(BlockingCollection<(TokenCall Call, byte[] Content)> questions, Stream output)
    {
        AsymmetricAlgorithm? key = null;
        foreach (var (call, content) in questions.GetConsumingEnumerable())
        {
            var (answer, fault) = Do(call, content, ref key);
            if (fault is null)
            {
                TokenFrames.Write(output, TokenCall.Done, answer);
            }
            else
            {
                TokenFrames.Write(output, TokenCall.Fault, JsonSerializer.SerializeToUtf8Bytes(fault));
            }
        }
    }

    private static (byte[] Answer, KeyFault? Fault) Do(TokenCall call, byte[] content, ref AsymmetricAlgorithm? key)
    {
        try
        {
            switch (call)
            {
                case TokenCall.Open or TokenCall.Generate:
                    var order = JsonSerializer.Deserialize<TokenOrder>(content)!;
                    CryptographicOperations.ZeroMemory(content);
                    if (!TokenUri.TryParse(order.Uri, out var uri, out var fault))
                    {
                        return ([], fault);
                    }

                    if (call == TokenCall.Generate)
                    {
                        return ([], TokenKey.Generate(uri, order.Library, order.Pin ?? "", order.RsaBits, order.Curve ?? []));
                    }

                    return TokenKey.TryOpen(uri, order.Library, order.Pin ?? "", out key, out fault) ? (key.ExportSubjectPublicKeyInfo(), null) : ([], fault);
                case TokenCall.SignPkcs1:
                    return (((RSA)key!).SignHash(content[1..], Hash(content[0]), RSASignaturePadding.Pkcs1), null);
                case TokenCall.SignPss:
                    return (((RSA)key!).SignHash(content[1..], Hash(content[0]), RSASignaturePadding.Pss), null);
                case TokenCall.SignEcdsa:
                    return (((ECDsa)key!).SignHash(content[1..]), null);
                case TokenCall.Decrypt:
                    return (((RSA)key!).Decrypt(content, RSAEncryptionPadding.OaepSHA256), null);
                default:
                    throw new InvalidDataException();
            }
        }
        catch (Exception exception)
        {
            // The edge of this process: whatever the library or the engine throws is the answer.
            return ([], new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Keys.TokenRefused", exception.HResult), Phrases.Of("Keys.LookWhetherPluggedWhat")));
        }
    }

    /// <summary>The hash by the last character of its name, as <see cref="TokenSession.Sign"/> gives it.</summary>
    private static HashAlgorithmName Hash(byte last) => last switch
    {
        (byte)'6' => HashAlgorithmName.SHA256,
        (byte)'4' => HashAlgorithmName.SHA384,
        (byte)'2' => HashAlgorithmName.SHA512,
        _ => throw new InvalidDataException(),
    };

    /// <summary>Standard output for answers alone: what a library prints goes to standard error.</summary>
    private static FileStream TakeOutput()
    {
        var answers = Duplicate(1);
        _ = DuplicateTo(2, 1);
        return new FileStream(new SafeFileHandle(answers, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DuplicateTo(int from, int to);

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int code);
}
