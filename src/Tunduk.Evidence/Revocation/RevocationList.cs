using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Revocation;

/// <summary>
/// A complete, direct CRL of one issuer (RFC 5280 §5), verified once and asked often. Delta, indirect and partial lists are refused:
/// what they do not say would be taken for good.
/// </summary>
public sealed class RevocationList
{
    /// <summary>Largest list read by default: 32 MiB, about 800,000 entries.</summary>
    public const int DefaultMaximumLength = 32 * 1024 * 1024;

    private const string ReasonCode = "2.5.29.21";
    private const string DeltaIndicator = "2.5.29.27";
    private const string DistributionPoint = "2.5.29.28";
    private const string EntryIssuer = "2.5.29.29";
    private readonly Dictionary<string, (DateTimeOffset At, X509RevocationReason? Reason)> entries = new(StringComparer.Ordinal);

    private RevocationList()
    {
    }

    /// <summary>When the list was made.</summary>
    public DateTimeOffset ThisUpdate { get; private set; }

    /// <summary>When the next list comes at the latest; none if the authority sets no end.</summary>
    public DateTimeOffset? NextUpdate { get; private set; }

    /// <summary>Revoked certificates.</summary>
    public int Count => entries.Count;

    /// <summary>Reads a list and verifies its issuer and signature. Bad input is a result, never an exception.</summary>
    /// <param name="der">The list; PEM is not read.</param>
    /// <param name="issuer">The authority, whose chain the caller has built.</param>
    /// <param name="list">The list.</param>
    /// <param name="fault">Why there is none.</param>
    /// <param name="maximumLength">Largest list in bytes.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> der,
        X509Certificate2 issuer,
        [NotNullWhen(true)] out RevocationList? list,
        out RevocationFault fault,
        int maximumLength = DefaultMaximumLength)
    {
        list = null;
        fault = RevocationFault.TooLarge;
        if (der.Length > maximumLength)
        {
            return false;
        }

        try
        {
            var read = new RevocationList();
            fault = read.Read(der, issuer);
            list = fault == RevocationFault.None ? read : null;
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            fault = RevocationFault.Malformed;
        }

        return list is not null;
    }

    /// <summary>What the list says of a certificate at a moment.</summary>
    /// <param name="certificate">A certificate of the list's issuer.</param>
    /// <param name="now">The moment of the check.</param>
    /// <param name="allowedSkew">How far clocks may differ.</param>
    /// <param name="maximumAge">How old a list without nextUpdate may be.</param>
    public RevocationAnswer Find(X509Certificate2 certificate, DateTimeOffset now, TimeSpan allowedSkew, TimeSpan maximumAge)
    {
        DateTimeOffset end = NextUpdate ?? ThisUpdate + maximumAge;
        var answer = new RevocationAnswer { IsList = true, ThisUpdate = ThisUpdate, NextUpdate = NextUpdate };
        if (ThisUpdate - now > allowedSkew)
        {
            return answer with { Fault = RevocationFault.NotYetValid, SkewSeconds = (ThisUpdate - now).TotalSeconds };
        }

        if (now - end > allowedSkew)
        {
            return answer with { Fault = RevocationFault.Stale, SkewSeconds = (now - end).TotalSeconds };
        }

        return entries.TryGetValue(Key(certificate.SerialNumberBytes.Span), out (DateTimeOffset At, X509RevocationReason? Reason) entry)
            ? answer with { Status = RevocationStatus.Revoked, RevokedAt = entry.At, Reason = entry.Reason }
            : answer with { Status = RevocationStatus.Good };
    }

    private static string Key(ReadOnlySpan<byte> serial)
    {
        ReadOnlySpan<byte> trimmed = serial.TrimStart((byte)0);
        return string.Create(trimmed.Length, trimmed, static (target, bytes) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = (char)bytes[i];
            }
        });
    }

    private RevocationFault Read(ReadOnlyMemory<byte> der, X509Certificate2 issuer)
    {
        RevocationDer.Signed signed = RevocationDer.ReadSigned(der, out AsnReader rest);
        rest.ThrowIfNotEmpty();
        AsnReader tbs = new AsnReader(signed.Tbs, AsnEncodingRules.DER).ReadSequence();
        if (tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) && (!tbs.TryReadInt32(out int version) || version != 1))
        {
            return RevocationFault.Malformed;
        }

        if (!tbs.ReadEncodedValue().Span.SequenceEqual(signed.Algorithm.Span))
        {
            return RevocationFault.SignatureAlgorithm;
        }

        if (!tbs.ReadEncodedValue().Span.SequenceEqual(issuer.SubjectName.RawData))
        {
            return RevocationFault.WrongIssuer;
        }

        if (issuer.Extensions.OfType<X509KeyUsageExtension>().Any(usage => !usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign)))
        {
            return RevocationFault.KeyUsage;
        }

        // The signature comes before the entries: an unsigned list of any size costs one hash.
        RevocationFault fault = RevocationDer.Verify(signed, issuer);
        if (fault != RevocationFault.None)
        {
            return fault;
        }

        ThisUpdate = RevocationDer.ReadTime(tbs);
        if (tbs.HasData && tbs.PeekTag().TagClass == TagClass.Universal && tbs.PeekTag().TagValue is (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime)
        {
            NextUpdate = RevocationDer.ReadTime(tbs);
        }

        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            fault = ReadEntries(tbs.ReadSequence());
        }

        if (fault == RevocationFault.None && tbs.HasData)
        {
            fault = CheckExtensions(tbs.ReadSequence(RevocationDer.Context(0)).ReadSequence());
        }

        tbs.ThrowIfNotEmpty();
        return fault;
    }

    private RevocationFault ReadEntries(AsnReader revoked)
    {
        while (revoked.HasData)
        {
            AsnReader entry = revoked.ReadSequence();
            string serial = Key(entry.ReadIntegerBytes().Span);
            DateTimeOffset at = RevocationDer.ReadTime(entry);
            X509RevocationReason? reason = null;
            if (entry.HasData)
            {
                foreach ((string oid, bool isCritical, byte[] value) in RevocationDer.ReadExtensions(entry.ReadSequence()))
                {
                    if (oid == EntryIssuer)
                    {
                        return RevocationFault.IndirectList;
                    }

                    if (oid == ReasonCode)
                    {
                        reason = RevocationDer.ReadReason(new AsnReader(value, AsnEncodingRules.DER));
                    }
                    else if (isCritical)
                    {
                        return RevocationFault.CriticalExtension;
                    }
                }
            }

            // Listed twice, the certificate is revoked since the earlier moment.
            if (!entries.TryGetValue(serial, out (DateTimeOffset At, X509RevocationReason? Reason) known) || at < known.At)
            {
                entries[serial] = (at, reason);
            }
        }

        return RevocationFault.None;
    }

    private static RevocationFault CheckExtensions(AsnReader extensions)
    {
        foreach ((string oid, bool isCritical, byte[] value) in RevocationDer.ReadExtensions(extensions))
        {
            switch (oid)
            {
                case DeltaIndicator:
                    return RevocationFault.DeltaList;
                case DistributionPoint:
                    RevocationFault scope = CheckScope(new AsnReader(value, AsnEncodingRules.DER).ReadSequence());
                    if (scope != RevocationFault.None)
                    {
                        return scope;
                    }

                    break;
                default:
                    if (isCritical)
                    {
                        return RevocationFault.CriticalExtension;
                    }

                    break;
            }
        }

        return RevocationFault.None;
    }

    /// <summary>IssuingDistributionPoint (RFC 5280 §5.2.5): [4] indirect; [2], [3] and [5] leave out what this side asks about.</summary>
    private static RevocationFault CheckScope(AsnReader scope)
    {
        while (scope.HasData)
        {
            int tag = scope.PeekTag().TagValue;
            bool isSet = tag is 0 or 1 or 3 || scope.ReadBoolean(RevocationDer.Context(tag));
            if (tag is 0 or 1 or 3)
            {
                scope.ReadEncodedValue();
            }

            if (isSet && tag is not (0 or 1))
            {
                return tag == 4 ? RevocationFault.IndirectList : RevocationFault.PartialList;
            }
        }

        return RevocationFault.None;
    }
}
