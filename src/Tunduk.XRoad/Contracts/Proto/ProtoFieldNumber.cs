using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>
/// The number of a member: a function of its JSON name alone, so that a contract may gain, lose and reorder members and every
/// other member keeps its number, on every adapter and without a register to keep. Eight bytes of the name's SHA-256, big-endian,
/// modulo the free range; numbers under <see cref="First"/> belong to fixed parts of the mapping.
/// </summary>
public static class ProtoFieldNumber
{
    /// <summary>The least number of a member. Above it all numbers up to 2^29 - 1 are used, except 19,000 to 19,999, which protocol buffers reserve.</summary>
    public const int First = 20_000;

    private const int Last = (1 << 29) - 1;

    /// <summary>The number of a name; where two names of one message meet (in a message of 100 members, 1 in 100,000), the later in the contract is hashed with a <c>#</c> behind it.</summary>
    public static int Of(string jsonName, Func<int, bool> isTaken)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var name = jsonName; ; name += '#')
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(name), digest);
            var number = First + (int)(BinaryPrimitives.ReadUInt64BigEndian(digest) % (Last - First + 1));
            if (!isTaken(number))
            {
                return number;
            }
        }
    }
}
