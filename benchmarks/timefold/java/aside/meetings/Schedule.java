package aside.meetings;

import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.solution.ProblemFactCollectionProperty;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.score.buildin.hardmediumsoft.HardMediumSoftScore;
import java.io.IOException;
import java.io.Reader;
import java.io.StreamTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All meetings of an instance, the grains and the rooms there are. */
@PlanningSolution
public class Schedule {

    @ProblemFactCollectionProperty
    @ValueRangeProvider
    private List<TimeGrain> grains = new ArrayList<>();
    @ProblemFactCollectionProperty
    @ValueRangeProvider
    private List<Room> rooms = new ArrayList<>();
    @PlanningEntityCollectionProperty
    private List<Assignment> assignments = new ArrayList<>();
    @PlanningScore
    private HardMediumSoftScore score;

    public Schedule() {
    }

    /**
     * Reads numbers apart by spaces: grains, the day of each; rooms, the seats of each; meetings,
     * and for each its grains, how many it requires, how many it prefers, and who they are.
     */
    static Schedule read(Path file) throws IOException {
        Schedule schedule = new Schedule();
        try (Reader text = Files.newBufferedReader(file)) {
            StreamTokenizer numbers = new StreamTokenizer(text);
            int grainCount = next(numbers);
            for (int grain = 0; grain < grainCount; grain++) {
                schedule.grains.add(new TimeGrain(grain, next(numbers)));
            }
            int roomCount = next(numbers);
            for (int room = 0; room < roomCount; room++) {
                schedule.rooms.add(new Room(room, next(numbers)));
            }
            schedule.readMeetings(numbers);
        }
        return schedule;
    }

    private void readMeetings(StreamTokenizer numbers) throws IOException {
        int count = next(numbers);
        int[] durations = new int[count];
        List<Set<Integer>> required = new ArrayList<>();
        List<Set<Integer>> preferred = new ArrayList<>();
        for (int meeting = 0; meeting < count; meeting++) {
            durations[meeting] = next(numbers);
            int requires = next(numbers);
            int prefers = next(numbers);
            required.add(people(numbers, requires));
            preferred.add(people(numbers, prefers));
        }
        for (int meeting = 0; meeting < count; meeting++) {
            int[] bothRequired = new int[count];
            int[] somePreferred = new int[count];
            for (int other = 0; other < count; other++) {
                if (other != meeting) {
                    bothRequired[other] = common(required.get(meeting), required.get(other));
                    somePreferred[other] = common(required.get(meeting), preferred.get(other))
                            + common(preferred.get(meeting), required.get(other))
                            + common(preferred.get(meeting), preferred.get(other));
                }
            }
            int people = required.get(meeting).size() + preferred.get(meeting).size();
            assignments.add(new Assignment(meeting, durations[meeting], people, bothRequired, somePreferred));
        }
    }

    private static Set<Integer> people(StreamTokenizer numbers, int count) throws IOException {
        Set<Integer> people = new HashSet<>();
        for (int person = 0; person < count; person++) {
            people.add(next(numbers));
        }
        return people;
    }

    private static int common(Set<Integer> these, Set<Integer> those) {
        return (int) these.stream().filter(those::contains).count();
    }

    private static int next(StreamTokenizer numbers) throws IOException {
        if (numbers.nextToken() != StreamTokenizer.TT_NUMBER) {
            throw new IOException("the instance ends too early, or holds something that is no number");
        }
        return (int) numbers.nval;
    }

    /** Puts the meetings where a file of pairs, start grain and room in order of meeting, says. */
    void place(Path file) throws IOException {
        try (Reader text = Files.newBufferedReader(file)) {
            StreamTokenizer numbers = new StreamTokenizer(text);
            for (Assignment assignment : assignments) {
                assignment.setStart(grains.get(next(numbers)));
                assignment.setRoom(rooms.get(next(numbers)));
            }
        }
    }

    /** Says where the meetings are, in the form {@link #place} reads. */
    String placed() {
        StringBuilder text = new StringBuilder();
        for (Assignment assignment : assignments) {
            text.append(assignment.first()).append(' ').append(assignment.getRoom().index()).append(' ');
        }
        return text.toString().strip();
    }

    public HardMediumSoftScore getScore() {
        return score;
    }

    public void setScore(HardMediumSoftScore score) {
        this.score = score;
    }
}
