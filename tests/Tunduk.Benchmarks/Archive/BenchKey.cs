using System.Security.Cryptography;

namespace Tunduk.Benchmarks.Archive;

/// <summary>A key of the benchmark: fresh, or that of a kept archive.</summary>
internal static class BenchKey
{
    public static RSA Of(string? file)
    {
        RSA key = RSA.Create(2048);
        if (file is not null && File.Exists(file))
        {
            key.ImportPkcs8PrivateKey(File.ReadAllBytes(file), out _);
        }
        else if (file is not null)
        {
            File.WriteAllBytes(file, key.ExportPkcs8PrivateKey());
        }

        return key;
    }
}
