using System.Globalization;
using System.Text;

namespace Tunduk.Benchmarks.Contract;

/// <summary>A JSON message of many items, made while it is read, so that the message itself takes no memory.</summary>
internal sealed class ItemStream(int items) : Stream
{
    private byte[] current = "{\"item\":["u8.ToArray();
    private int position;
    private int made;
    private bool ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var total = 0;
        while (total < count && Advance())
        {
            var take = Math.Min(count - total, current.Length - position);
            current.AsSpan(position, take).CopyTo(buffer.AsSpan(offset + total));
            position += take;
            total += take;
        }

        return total;
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool Advance()
    {
        if (position < current.Length)
        {
            return true;
        }

        if (made == items)
        {
            if (ended)
            {
                return false;
            }

            ended = true;
            current = "]}"u8.ToArray();
        }
        else
        {
            current = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{{(made == 0 ? "" : ",")}}{"pin":"1{{made:D13}}","surname":"Асанова","name":"Айгүл","patronymic":"Бековна","dateOfBirth":"1990-02-{{1 + (made % 28):D2}}","amount":"{{made}}.50","number":{{made}},"active":true}"""));
            made++;
        }

        position = 0;
        return true;
    }
}
