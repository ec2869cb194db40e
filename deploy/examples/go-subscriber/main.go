// Prints each message that a Headcast gateway sends here, once and whole: go run main.go [ADDRESS:PORT]
//
// A receiver to start from, without any library; the format is specified in Sources/Wire/wire-format.md. It puts
// together what was split and drops what was seen before, by datagram number and by message id. It leaves out gaps,
// order and expiry: the subscriber in Python, next door, shows how those are done.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What is remembered: numbers below the highest of a stream, streams, ids, and bytes of messages that are not whole.
const (
	window       = 1 << 16
	streams      = 64
	ids          = 1 << 16
	partialBytes = 64 << 20
	maximumBody  = 16_842_752
)

var (
	topicPattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)
	namePattern  = regexp.MustCompile(`^[a-z0-9._-]{1,64}$`)
)

type streamKey struct {
	topic  string
	source uint32
	epoch  uint64
}

// Which numbers of a stream were seen, those that are not too far below the highest.
type stream struct {
	highest uint64
	seen    [window / 64]uint64
}

func (s *stream) isNew(number uint64) bool {
	if number > s.highest {
		if number-s.highest >= window {
			s.seen = [window / 64]uint64{}
		} else {
			for n := s.highest + 1; n != number; n++ {
				s.seen[n%window/64] &^= 1 << (n % 64)
			}
			s.seen[number%window/64] &^= 1 << (number % 64)
		}
		s.highest = number
	} else if s.highest-number >= window {
		return false
	}
	word, bit := &s.seen[number%window/64], uint64(1)<<(number%64)
	isNew := *word&bit == 0
	*word |= bit
	return isNew
}

// Keeps at least the last `limit` entries that were put or found, and at most twice as many.
type recent[Key comparable, Value any] struct {
	limit    int
	new, old map[Key]Value
}

func newRecent[Key comparable, Value any](limit int) *recent[Key, Value] {
	return &recent[Key, Value]{limit, map[Key]Value{}, map[Key]Value{}}
}

func (r *recent[Key, Value]) find(key Key) (Value, bool) {
	if value, ok := r.new[key]; ok {
		return value, true
	}
	value, ok := r.old[key]
	if ok {
		r.put(key, value)
	}
	return value, ok
}

func (r *recent[Key, Value]) put(key Key, value Value) {
	if r.new[key] = value; len(r.new) >= r.limit {
		r.old, r.new = r.new, map[Key]Value{}
	}
}

type partialKey struct {
	stream   streamKey
	sequence uint64
}

// A message that is not whole: its parts by their offset. The start, at 0, says the rest.
type partial struct {
	id                        [16]byte
	bodyBytes, attributeBytes int
	parts                     map[int][]byte
	bytes                     int
	isMalformed               bool
}

type receiver struct {
	streams  *recent[streamKey, *stream]
	ids      *recent[string, bool]
	partials map[partialKey]*partial
	bytes    int
	handOver func(topic string, attributes map[string]string, payload []byte)
}

var (
	errForeign = errors.New("is not enveloped; its topic wants format=enveloped, " +
		"or this port another receiver, like headcast subscribe")
	errVersion   = errors.New("is of another version; only 1 is known here")
	errMalformed = errors.New("is malformed")
)

// Takes a datagram apart. Nothing is believed before all of it was checked.
func (r *receiver) receive(data []byte) error {
	if len(data) < 3 || string(data[:3]) != "\xf5HC" {
		return errForeign
	}
	if len(data) > 3 && data[3] != 1 {
		return errVersion
	}
	if len(data) < 36 || data[5]&0xf0 != 0 {
		return errMalformed
	}
	topicEnd, begin := 36+int(data[10]), int(binary.BigEndian.Uint16(data[6:]))
	end := begin + int(binary.BigEndian.Uint16(data[8:]))
	key := streamKey{source: binary.BigEndian.Uint32(data[12:]), epoch: binary.BigEndian.Uint64(data[16:])}
	number := binary.BigEndian.Uint64(data[24:])
	if topicEnd > begin || end > len(data) || !topicPattern.Match(data[36:topicEnd]) || key.epoch>>63 != 0 {
		return errMalformed
	}
	key.topic = string(data[36:topicEnd])
	for at := topicEnd; at < begin; at += 2 + int(data[at+1]) {
		// A field of 128 or more must be understood, and none is.
		if begin-at < 2 || data[at] >= 128 || at+2+int(data[at+1]) > begin {
			return errMalformed
		}
	}
	if data[4] != 1 {
		return nil // Heartbeats tell of gaps, which are left out here.
	}
	content := data[begin:end]
	if number == 0 || !areRecords(content) {
		return errMalformed
	}
	seen, ok := r.streams.find(key)
	if !ok {
		seen = &stream{}
		r.streams.put(key, seen)
	}
	if !seen.isNew(number) {
		return nil
	}
	for len(content) > 0 {
		count := binary.BigEndian.Uint16(content)
		r.read(key, content[:count])
		content = content[count:]
	}
	return nil
}

func areRecords(content []byte) bool {
	for len(content) > 0 {
		if len(content) < 4 {
			return false
		}
		count := int(binary.BigEndian.Uint16(content))
		if count < 4 || count > len(content) || !isRecord(content[:count]) {
			return false
		}
		content = content[count:]
	}
	return true
}

func isRecord(record []byte) bool {
	switch {
	case record[2] == 1 && len(record) >= 48:
		body, attributes := int(binary.BigEndian.Uint32(record[40:])), int(binary.BigEndian.Uint16(record[44:]))
		return binary.BigEndian.Uint64(record[4:]) > 0 && record[28] < 128 && body <= maximumBody &&
			attributes <= body && len(record)-48 <= body
	case record[2] == 2 && len(record) > 16:
		offset := int(binary.BigEndian.Uint32(record[12:]))
		return binary.BigEndian.Uint64(record[4:]) > 0 && offset > 0 && offset+len(record)-16 <= maximumBody
	}
	return record[2] != 1 && record[2] != 2 // Others are skipped.
}

// Adds a part to its message, and hands the message over when it is whole.
func (r *receiver) read(key streamKey, record []byte) {
	if record[2] != 1 && record[2] != 2 {
		return
	}
	message := partialKey{key, binary.BigEndian.Uint64(record[4:])}
	p := r.partials[message]
	if p == nil {
		p = &partial{bodyBytes: -1, parts: map[int][]byte{}}
		r.partials[message] = p
	}
	offset, part := 0, record[16:]
	if record[2] == 1 {
		part = record[48:]
		copy(p.id[:], record[12:])
		p.bodyBytes, p.attributeBytes = int(binary.BigEndian.Uint32(record[40:])), int(binary.BigEndian.Uint16(record[44:]))
	} else {
		offset = int(binary.BigEndian.Uint32(record[12:]))
	}
	// What was there already contradicts; such a message is kept as it is, so that what comes of it later is dropped too.
	if _, ok := p.parts[offset]; ok || p.isMalformed {
		p.isMalformed = true
		return
	}
	p.parts[offset] = append([]byte(nil), part...)
	p.bytes += len(part)
	r.bytes += len(part) + 128
	if p.bytes == p.bodyBytes {
		delete(r.partials, message)
		r.bytes -= p.bytes + 128*len(p.parts)
		r.finish(key.topic, p)
	}
	if r.bytes > partialBytes {
		r.partials, r.bytes = map[partialKey]*partial{}, 0
	}
}

func (r *receiver) finish(topic string, p *partial) {
	body := make([]byte, 0, p.bodyBytes)
	for len(body) < p.bodyBytes {
		part := p.parts[len(body)]
		if len(part) == 0 {
			return // Parts that overlap.
		}
		body = append(body, part...)
	}
	attributes, ok := readAttributes(body[:p.attributeBytes])
	id := topic + "\x00" + string(p.id[:])
	if _, isKnown := r.ids.find(id); isKnown || !ok {
		return
	}
	r.ids.put(id, true)
	r.handOver(topic, attributes, body[p.attributeBytes:])
}

func readAttributes(data []byte) (map[string]string, bool) {
	attributes := map[string]string{}
	for len(data) > 0 {
		nameEnd := 1 + int(data[0])
		if nameEnd+2 > len(data) || !namePattern.Match(data[1:nameEnd]) {
			return nil, false
		}
		name, end := string(data[1:nameEnd]), nameEnd+2+int(binary.BigEndian.Uint16(data[nameEnd:]))
		if _, isThere := attributes[name]; isThere || end > len(data) || !utf8.Valid(data[nameEnd+2:end]) {
			return nil, false
		}
		attributes[name] = string(data[nameEnd+2 : end])
		data = data[end:]
	}
	return attributes, true
}

func main() {
	listen := "[::]:12000"
	if len(os.Args) > 1 {
		listen = os.Args[1]
	}
	if len(os.Args) > 2 || strings.HasPrefix(listen, "-") {
		fmt.Fprintln(os.Stderr, "usage: go run main.go [ADDRESS:PORT], [::]:12000 if left out")
		os.Exit(64)
	}
	// Addresses are never names, so that nothing is looked up.
	address, err := netip.ParseAddrPort(listen)
	if err != nil {
		fmt.Fprintf(os.Stderr, "subscriber: %s: expected ADDRESS:PORT like 0.0.0.0:12000 or [::]:12000\n", listen)
		os.Exit(1)
	}
	connection, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
	if err != nil {
		fmt.Fprintln(os.Stderr, "subscriber:", err)
		os.Exit(1)
	}
	// The kernel grants net.core.rmem_max at most.
	_ = connection.SetReadBuffer(8 << 20)
	fmt.Fprintln(os.Stderr, "listening on", connection.LocalAddr())
	output := bufio.NewWriter(os.Stdout)
	r := receiver{newRecent[streamKey, *stream](streams), newRecent[string, bool](ids), map[partialKey]*partial{}, 0,
		func(topic string, attributes map[string]string, payload []byte) {
			_, _ = output.Write(append(payload, '\n'))
		}}
	buffer := make([]byte, 1<<16)
	for {
		count, sender, err := connection.ReadFrom(buffer)
		if err == nil {
			if fault := r.receive(buffer[:count]); fault != nil {
				fmt.Fprintln(os.Stderr, "dropped a datagram from", sender, "that", fault)
			}
			err = output.Flush()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "subscriber:", err)
			os.Exit(1)
		}
	}
}
