package aside.packing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A packing as Aside's optimiser solves it: requests, each with a run of candidates that take units
 * from convex cells and from rows of limited capacity. What belongs to {@code i} lies at
 * {@code first[i]} up to {@code first[i + 1]}.
 */
public final class Packing {

    static final int UNITS = 60;

    final int segments;
    final int[] tier;
    final int[] group;
    final int[] first;
    final int[] start;
    final int[] day;
    final int[] cellFirst;
    final int[] cell;
    final int[] units;
    final int[] rowFirst;
    final int[] row;
    final int[] takes;
    final int[] capacity;
    final int[] removed;
    final int[] most;
    final int[] pairFirst;
    final int[] pair;
    final int[] pairLeast;
    final int[] pairMost;
    final int[] pairLater;
    final long[] slopes;
    final long[] filled;
    /** The requests of each group, those who share a facilitator. */
    final List<List<Integer>> members = new ArrayList<>();

    /** Reads arrays, each behind its length, big-endian: all of ints, at last two of longs. */
    Packing(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            segments = bytes.getInt();
            tier = ints(bytes);
            group = ints(bytes);
            first = ints(bytes);
            start = ints(bytes);
            day = ints(bytes);
            cellFirst = ints(bytes);
            cell = ints(bytes);
            units = ints(bytes);
            rowFirst = ints(bytes);
            row = ints(bytes);
            takes = ints(bytes);
            capacity = ints(bytes);
            removed = ints(bytes);
            most = ints(bytes);
            pairFirst = ints(bytes);
            pair = ints(bytes);
            pairLeast = ints(bytes);
            pairMost = ints(bytes);
            pairLater = ints(bytes);
            slopes = longs(bytes);
            filled = longs(bytes);
        }
        int groups = Arrays.stream(group).max().orElse(-1) + 1;
        for (int number = 0; number < groups; number++) {
            members.add(new ArrayList<>());
        }
        for (int request = 0; request < requests(); request++) {
            if (group[request] >= 0 && candidates(request) > 0) {
                members.get(group[request]).add(request);
            }
        }
    }

    private static int[] ints(ByteBuffer bytes) {
        int[] values = new int[bytes.getInt()];
        bytes.asIntBuffer().get(values);
        bytes.position(bytes.position() + Integer.BYTES * values.length);
        return values;
    }

    private static long[] longs(ByteBuffer bytes) {
        long[] values = new long[bytes.getInt()];
        bytes.asLongBuffer().get(values);
        bytes.position(bytes.position() + Long.BYTES * values.length);
        return values;
    }

    int requests() {
        return tier.length;
    }

    int candidates(int request) {
        return first[request + 1] - first[request];
    }

    /** The cost of a cell with so many units removed in all; below 0 the first price holds on. */
    long cost(int cell, int load) {
        int segment = Math.min(Math.max(load / UNITS, 0), segments - 1);
        int at = cell * segments + segment;
        return filled[at] + slopes[at] * (load - UNITS * segment);
    }

    /** Whether two requests at these candidates keep the days and the order of that pair. */
    boolean apart(int entry, int candidate, int other) {
        int days = pairLater[entry] * (day[other] - day[candidate]);
        boolean inOrder = pairLater[entry] * (start[other] - start[candidate]) > 0;
        return inOrder && days >= pairLeast[entry] && days <= pairMost[entry];
    }

    /** The candidate of a request that starts at a slot, or -1 (they lie in order of start). */
    int at(int request, int slot) {
        int found = Arrays.binarySearch(start, first[request], first[request + 1], slot);
        return found < 0 ? -1 : found;
    }
}
