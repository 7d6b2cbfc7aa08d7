using System.Globalization;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>
/// What the authority knows of the certificates it issued: <c>issued.txt</c> (serial, name) and <c>revoked.txt</c> (serial,
/// time, reason), one line each, appended. A serial in neither is unknown, as RFC 6960 §2.2 means it.
/// </summary>
internal sealed class CertificateRegister
{
    private readonly Lock _lock = new();
    private readonly string _issuedPath;
    private readonly string _revokedPath;
    private readonly HashSet<string> _issued = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Revocation> _revoked = new(StringComparer.OrdinalIgnoreCase);

    public CertificateRegister(string folder)
    {
        _issuedPath = Path.Combine(folder, "issued.txt");
        _revokedPath = Path.Combine(folder, "revoked.txt");
        foreach (string line in Lines(_issuedPath))
        {
            _issued.Add(line.Split(' ')[0]);
        }

        foreach (string line in Lines(_revokedPath))
        {
            string[] parts = line.Split(' ');
            _revoked[parts[0]] = new Revocation(
                DateTimeOffset.Parse(parts[1], CultureInfo.InvariantCulture),
                (RevocationReason)int.Parse(parts[2], CultureInfo.InvariantCulture));
        }
    }

    public void Issued(string serial, string name)
    {
        lock (_lock)
        {
            _issued.Add(serial);
            PrivateFiles.AppendLine(_issuedPath, $"{serial} {name}");
        }
    }

    public void Revoke(string serial, DateTimeOffset at, RevocationReason reason)
    {
        lock (_lock)
        {
            // Answers carry whole seconds.
            DateTimeOffset second = DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
            if (_revoked.TryAdd(serial, new Revocation(second, reason)))
            {
                PrivateFiles.AppendLine(
                    _revokedPath, string.Create(CultureInfo.InvariantCulture, $"{serial} {second:O} {(int)reason}"));
            }
        }
    }

    public bool Knows(string serial)
    {
        lock (_lock)
        {
            return _issued.Contains(serial);
        }
    }

    public Revocation? FindRevocation(string serial)
    {
        lock (_lock)
        {
            return _revoked.GetValueOrDefault(serial);
        }
    }

    public IReadOnlyList<KeyValuePair<string, Revocation>> Revocations()
    {
        lock (_lock)
        {
            return [.. _revoked];
        }
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    /// <summary>When and why a certificate was revoked.</summary>
    internal sealed record Revocation(DateTimeOffset At, RevocationReason Reason);
}
