using System.Collections;

namespace Tunduk.Xml;

/// <summary>The child elements of an element; enumerating with <c>foreach</c> allocates nothing.</summary>
public readonly struct XmlChildren : IEnumerable<XmlElement>
{
    private readonly XmlTape tape;
    private readonly int parent;

    internal XmlChildren(XmlTape tape, int parent)
    {
        this.tape = tape;
        this.parent = parent;
    }

    /// <summary>Starts an enumeration.</summary>
    public Enumerator GetEnumerator() => new(tape, parent);

    IEnumerator<XmlElement> IEnumerable<XmlElement>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks the children.</summary>
    public struct Enumerator : IEnumerator<XmlElement>
    {
        private readonly XmlTape tape;
        private readonly int parent;
        private readonly int end;
        private int index;

        internal Enumerator(XmlTape tape, int parent)
        {
            this.tape = tape;
            this.parent = parent;
            end = tape.Nodes[parent].Next;
            index = parent;
        }

        /// <inheritdoc/>
        public readonly XmlElement Current => new(tape, index);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            int next = index == parent ? parent + 1 : tape.Nodes[index].Next;
            while (next < end && tape.Nodes[next].Kind != XmlNodeKind.Element)
            {
                next = tape.Nodes[next].Next;
            }

            index = next;
            return next < end;
        }

        /// <inheritdoc/>
        public void Reset() => index = parent;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
            // Nothing is held.
        }
    }
}
